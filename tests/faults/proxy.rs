//! A connection that can be cut: everything the roles say to the server goes through here.

use std::io::copy;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// Listens until the test ends.
pub(crate) struct Proxy {
    /// Where the roles connect to.
    pub(crate) url: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    refuses: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
}

impl Proxy {
    /// A proxy before `upstream`, `nats://host:port`.
    pub(crate) fn before(upstream: &str) -> Self {
        let upstream = upstream.trim_start_matches("nats://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("nats://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared::default());
        let inside = shared.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if inside.refuses.load(Ordering::SeqCst) {
                    continue;
                }
                // A server that is down: the client sees its connection end at once, and tries again.
                let Ok(server) = TcpStream::connect(&upstream) else {
                    continue;
                };
                inside.join(client, server);
            }
        });
        Self { url, shared }
    }

    /// Ends all connections, and takes no new ones until [`Proxy::mend`].
    pub(crate) fn cut(&self) {
        self.shared.refuses.store(true, Ordering::SeqCst);
        for stream in self.shared.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    pub(crate) fn mend(&self) {
        self.shared.refuses.store(false, Ordering::SeqCst);
    }
}

impl Shared {
    fn join(&self, client: TcpStream, server: TcpStream) {
        let twin = |stream: &TcpStream| stream.try_clone().unwrap();
        for (mut from, mut to) in [
            (twin(&client), twin(&server)),
            (twin(&server), twin(&client)),
        ] {
            std::thread::spawn(move || {
                let _ = copy(&mut from, &mut to);
                let _ = from.shutdown(Shutdown::Both);
                let _ = to.shutdown(Shutdown::Both);
            });
        }
        self.open.lock().unwrap().extend([client, server]);
    }
}
