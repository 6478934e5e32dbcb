//! The address that the app listens on.

use crate::settings::AppSettings;
use keto_client::ConfigError;
use std::{
    io::{self, ErrorKind},
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener},
};

/// Where the app listens unless `LISTEN_ADDR` says otherwise.
pub const DEFAULT_ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 5000);

/// How many ports after the default one are tried.
const MORE_PORTS: u16 = 99;

/// An address that the app listens on.
pub(crate) struct Listening {
    pub(crate) listener: TcpListener,
    pub(crate) address: SocketAddr,
    /// The default port, where another program has it and the app took another one instead.
    pub(crate) taken: Option<u16>,
}

/// Listens on `LISTEN_ADDR` and nowhere else, or, if it is not set, on the first free port from the
/// default one on: on macOS a service of the system has port 5000.
///
/// Whoever sets `APP_PUBLIC_URL` sends browsers to a known port, so that with it another port than
/// the default one would be of no use.
pub(crate) fn listen(settings: &AppSettings) -> Result<Listening, ConfigError> {
    if let Some(address) = settings.listen {
        return bind(address).map_err(|error| wrong(address, &error));
    }
    let error = match bind(DEFAULT_ADDRESS) {
        Ok(listening) => return Ok(listening),
        Err(error) => error,
    };
    if settings.public_url.is_none() && is_taken(&error) {
        let first = DEFAULT_ADDRESS.port();
        let others = (first + 1..=first + MORE_PORTS).map(|port| (DEFAULT_ADDRESS.ip(), port));
        let free = others.into_iter().find_map(|address| bind(address.into()).ok());
        if let Some(listening) = free {
            return Ok(Listening { taken: Some(first), ..listening });
        }
    }
    Err(wrong(DEFAULT_ADDRESS, &error))
}

fn bind(address: SocketAddr) -> io::Result<Listening> {
    let listener = TcpListener::bind(address)?;
    let address = listener.local_addr()?;
    Ok(Listening { listener, address, taken: None })
}

/// Whether another port may be free. Windows denies permission for ports that it has reserved.
fn is_taken(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::AddrInUse | ErrorKind::PermissionDenied)
}

fn wrong(address: SocketAddr, error: &io::Error) -> ConfigError {
    let advice = match is_taken(error) {
        true => "; choose another address by LISTEN_ADDR, or stop the program that uses this one",
        false => "",
    };
    ConfigError::new("LISTEN_ADDR", format!("{address} can't be listened on: {error}{advice}"))
}
