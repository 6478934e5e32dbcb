//! A way to a server that can be closed, slowed and cut while it is in use.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpSocket, TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    sync::{mpsc, oneshot, watch},
    task::{JoinHandle, JoinSet},
};
use url::Url;

/// What a proxy does with what comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Hands everything on.
    Pass,
    /// Nobody listens, and whoever was connected is cut off.
    Refuse,
    /// Answers take this much longer.
    Slow(Duration),
    /// Questions reach the server, answers are kept back until the mode changes.
    Hang,
}

#[derive(Clone, Copy)]
struct Order {
    mode: Mode,
    /// Connections of an earlier generation are cut.
    generation: u64,
}

type Told = (Order, oneshot::Sender<()>);

/// A TCP proxy on a loopback port of its own. It ends when this is dropped.
pub struct Proxy {
    /// The server's URL by way of the proxy.
    pub url: Url,
    order: Order,
    orders: mpsc::Sender<Told>,
    task: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    /// Starts one before a server that speaks plain HTTP.
    pub async fn start(server: &Url) -> Self {
        assert_eq!(server.scheme(), "http", "{server} is not plain HTTP");
        let port = server.port_or_known_default().unwrap();
        let to = format!("{}:{port}", server.host_str().unwrap());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let mut url = server.clone();
        let address = listener.local_addr().unwrap();
        url.set_ip_host(address.ip()).unwrap();
        url.set_port(Some(address.port())).unwrap();

        let order = Order { mode: Mode::Pass, generation: 0 };
        let (orders, told) = mpsc::channel(1);
        let task = tokio::spawn(run(listener, to, order, told));
        Self { url, order, orders, task }
    }

    /// Does this from now on. When it returns, it does so: after [`Mode::Refuse`], nothing is
    /// connected any more.
    pub async fn set(&mut self, mode: Mode) {
        self.order.mode = mode;
        self.tell().await;
    }

    /// Cuts every connection off.
    pub async fn reset(&mut self) {
        self.order.generation += 1;
        self.tell().await;
    }

    async fn tell(&mut self) {
        let (done, is_done) = oneshot::channel();
        self.orders.send((self.order, done)).await.expect("the proxy runs");
        is_done.await.expect("the proxy carries it out");
    }
}

/// The port, which is kept even while nobody listens, so that no other process gets it.
enum Port {
    Open(TcpListener),
    Shut(TcpSocket),
}

async fn run(listener: TcpListener, to: String, order: Order, mut told: mpsc::Receiver<Told>) {
    let address = listener.local_addr().unwrap();
    let mut port = Port::Open(listener);
    let (current, _) = watch::channel(order);
    let mut connections = JoinSet::new();
    loop {
        let accept = async {
            match &port {
                Port::Open(listener) => listener.accept().await,
                Port::Shut(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            next = told.recv() => {
                let Some((order, done)) = next else { return };
                let before = current.send_replace(order);
                port = match (port, order.mode) {
                    (Port::Open(listener), Mode::Refuse) => {
                        drop(listener);
                        Port::Shut(bind(address).await)
                    }
                    (Port::Shut(socket), Mode::Pass | Mode::Slow(_) | Mode::Hang) => {
                        Port::Open(socket.listen(128).expect("the port is kept"))
                    }
                    (port, _) => port,
                };
                if order.mode == Mode::Refuse || order.generation != before.generation {
                    while connections.join_next().await.is_some() {}
                }
                let _ = done.send(());
            }
            Some(_) = connections.join_next() => {}
            Ok((stream, _)) = accept => {
                connections.spawn(carry(stream, to.clone(), current.subscribe()));
            }
        }
    }
}

/// Somebody's outgoing connection may have the port for a moment.
async fn bind(address: SocketAddr) -> TcpSocket {
    loop {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        match socket.bind(address) {
            Ok(()) => return socket,
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// One connection, until either side ends it or it is cut off.
async fn carry(mut client: TcpStream, to: String, mut orders: watch::Receiver<Order>) {
    let generation = orders.borrow().generation;
    let answers = orders.clone();
    let is_cut = async {
        let cut = |order: &Order| order.mode == Mode::Refuse || order.generation != generation;
        let _ = orders.wait_for(cut).await.map(drop);
    };
    let talk = async {
        let Ok(mut server) = TcpStream::connect(to).await else { return true };
        let (mut from_client, mut to_client) = client.split();
        let (mut from_server, mut to_server) = server.split();
        tokio::select! {
            _ = tokio::io::copy(&mut from_client, &mut to_server) => {}
            () = hand_back(&mut from_server, &mut to_client, answers) => {}
        }
        false
    };
    let cut = tokio::select! {
        cut = talk => cut,
        () = is_cut => true,
    };
    if cut {
        // Closing with a zero linger time sends a reset.
        let _ = client.set_zero_linger();
    }
}

async fn hand_back(
    server: &mut ReadHalf<'_>,
    client: &mut WriteHalf<'_>,
    mut orders: watch::Receiver<Order>,
) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(mut length @ 1..) = server.read(&mut bytes).await {
        let mode = orders.borrow_and_update().mode;
        let wait = async {
            match mode {
                Mode::Pass | Mode::Refuse => {}
                Mode::Slow(delay) => tokio::time::sleep(delay).await,
                Mode::Hang => std::future::pending().await,
            }
        };
        tokio::select! {
            () = wait => {}
            _ = orders.wait_for(|order| order.mode != mode) => {}
        }
        // What came meanwhile is as late already.
        while let Ok(more @ 1..) = server.try_read(&mut bytes[length..]) {
            length += more;
        }
        if client.write_all(&bytes[..length]).await.is_err() {
            return;
        }
    }
}
