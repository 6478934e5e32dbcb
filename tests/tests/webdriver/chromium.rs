//! A headless Chromium by `WebDriver`, and what a person does in it.

use serde_json::{Value, json};
use std::{
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Mutex, OnceLock},
    time::{Duration, Instant},
};
use thirtyfour::{
    By, ChromiumLikeCapabilities, DesiredCapabilities, WebDriver, WebElement,
    error::WebDriverResult,
};
use url::Url;

/// The variable with the path of `ChromeDriver`.
pub const CHROMEDRIVER: &str = "TEST_CHROMEDRIVER";

/// How long a page may take to do what is expected.
const PATIENCE: Duration = Duration::from_secs(15);

/// A running `ChromeDriver`.
struct Driver {
    url: String,
    process: Mutex<Child>,
}

/// The one `ChromeDriver` of this program.
static DRIVER: OnceLock<Driver> = OnceLock::new();

/// Ends `ChromeDriver`, if it runs.
pub fn stop() {
    if let Some(driver) = DRIVER.get() {
        driver.process.lock().unwrap().kill().unwrap();
    }
}

/// Where `ChromeDriver` listens, which the first call starts.
fn driver() -> &'static str {
    let driver = DRIVER.get_or_init(|| {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let program = std::env::var(CHROMEDRIVER).unwrap();
        let process = Command::new(program)
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Driver { url: format!("http://127.0.0.1:{port}"), process: Mutex::new(process) }
    });
    &driver.url
}

/// A browser with a profile of its own, and one tab.
pub struct Tab {
    driver: WebDriver,
    profile: PathBuf,
}

impl Tab {
    /// Starts a browser, and ends it when the test is over, whether that passes or not.
    pub async fn run(test: impl AsyncFnOnce(&Self)) {
        let tab = Self::start().await;
        let result =
            futures_util::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(test(&tab)));
        let result = result.await;
        if result.is_err() {
            eprintln!("the page at the failure was {}:\n{}", tab.url().await, tab.text().await);
        }
        let Self { driver, profile } = tab;
        driver.quit().await.unwrap();
        // Chromium may still be writing to it.
        let _ = std::fs::remove_dir_all(profile);
        if let Err(panic) = result {
            std::panic::resume_unwind(panic);
        }
    }

    async fn start() -> Self {
        let profile = std::env::temp_dir().join(format!("chromium-{}", uuid::Uuid::new_v4()));
        let mut wanted = DesiredCapabilities::chrome();
        let data = format!("--user-data-dir={}", profile.display());
        for argument in [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--window-size=1280,900",
            &data,
        ] {
            wanted.add_arg(argument).unwrap();
        }
        let begun = Instant::now();
        loop {
            // ChromeDriver listens a moment after its start.
            match WebDriver::new(driver(), wanted.clone()).await {
                Ok(driver) => return Self { driver, profile },
                Err(error) if begun.elapsed() > PATIENCE => panic!("no browser: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        }
    }

    /// Opens an address.
    pub async fn open(&self, url: &Url) {
        self.driver.goto(url.as_str()).await.unwrap();
    }

    /// The address of the page.
    pub async fn url(&self) -> Url {
        self.driver.current_url().await.unwrap()
    }

    /// The text of the page, as it is shown.
    pub async fn text(&self) -> String {
        match self.driver.find(By::Tag("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Waits until the page has a text.
    pub async fn shows(&self, text: &str) {
        self.waits_for(&format!("the text {text:?}"), async || self.text().await.contains(text))
            .await;
    }

    /// Waits until the page has a path.
    pub async fn is_at(&self, path: &str) {
        self.waits_for(&format!("the path {path}"), async || self.url().await.path() == path).await;
    }

    /// Waits for something to be so.
    pub async fn waits_for(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        let begun = Instant::now();
        while !is_so().await {
            assert!(begun.elapsed() < PATIENCE, "never came: {what}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The first element of a CSS selector, as soon as there is one.
    pub async fn element(&self, css: &str) -> WebElement {
        let begun = Instant::now();
        loop {
            match self.driver.find(By::Css(css)).await {
                Ok(element) => return element,
                Err(error) if begun.elapsed() > PATIENCE => panic!("no element {css}: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// Whether there is an element of a CSS selector.
    pub async fn has(&self, css: &str) -> bool {
        self.driver.find(By::Css(css)).await.is_ok()
    }

    /// Types a text into the field of this name, in place of what is there.
    pub async fn fill(&self, name: &str, text: &str) {
        let field = self.element(&format!("main [name='{name}']:not([type=hidden])")).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Chooses the option with this text in the list of this name.
    pub async fn choose(&self, name: &str, text: &str) {
        let list = self.element(&format!("main select[name='{name}']")).await;
        for option in list.find_all(By::Tag("option")).await.unwrap() {
            if option.text().await.unwrap() == text {
                option.click().await.unwrap();
            }
        }
    }

    /// Clicks, and waits until another page has taken the place of this one.
    pub async fn click(&self, css: &str) {
        let element = self.element(css).await;
        element.click().await.unwrap();
        self.leaves(element).await;
    }

    /// Waits until the page of an element is gone.
    pub async fn leaves(&self, element: WebElement) {
        self.waits_for("another page", async || element.tag_name().await.is_err()).await;
    }

    /// Types keys into whatever has the focus.
    pub async fn types(&self, keys: impl Into<thirtyfour::prelude::TypingData>) {
        self.driver.active_element().await.unwrap().send_keys(keys).await.unwrap();
    }

    /// Runs a script of the test, which the page's own policy does not concern.
    pub async fn evaluate(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.driver.execute(script, arguments).await.unwrap().json().clone()
    }

    /// Runs a script that calls the function that is its last argument with the result.
    pub async fn evaluate_async(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.driver.execute_async(script, arguments).await.unwrap().json().clone()
    }

    /// A command of the `DevTools` protocol.
    pub async fn devtools(&self, method: &str, parameters: Value) -> WebDriverResult<Value> {
        self.driver.cdp().send_raw(method, parameters).await
    }

    /// Shows pages in this width, light or dark.
    pub async fn shows_in(&self, width: u32, scheme: &str) {
        let metrics =
            json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await.unwrap();
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        let media = json!({"features": features});
        self.devtools("Emulation.setEmulatedMedia", media).await.unwrap();
    }

    /// Lets pages run no script, as in a browser that has them turned off.
    pub async fn turns_scripts_off(&self) {
        let off = json!({"value": true});
        self.devtools("Emulation.setScriptExecutionDisabled", off).await.unwrap();
    }

    /// The whole page as PNG.
    pub async fn screenshot(&self) -> String {
        let options = json!({"format": "png", "captureBeyondViewport": true});
        let shot = self.devtools("Page.captureScreenshot", options).await.unwrap();
        shot["data"].as_str().unwrap().to_owned()
    }

    /// Forgets a cookie.
    pub async fn forgets_cookie(&self, name: &str) {
        self.driver.delete_cookie(name).await.unwrap();
    }
}
