//! Any bytes sent to the web role are answered in HTTP or not at all, and it lives on. The real role, on a real nats-server.

#![no_main]

use copydesk::broker::{Broker, DataFolder};
use copydesk::bus::Bus;
use copydesk::bus::connect::NatsOptions;
use copydesk::config::Config;
use copydesk::service::{self, Live, Role};
use libfuzzer_sys::fuzz_target;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{LazyLock, mpsc};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Where the role listens.
static DESK: LazyLock<SocketAddr> = LazyLock::new(|| {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr());
    let address = free.expect("a free port");
    let (ready, is_ready) = mpsc::channel();
    std::thread::spawn(move || {
        let folder = std::env::temp_dir().join(format!("copydesk-fuzz-{}", std::process::id()));
        let mut config = Config::load(None).expect("the defaults");
        config.settings.web.listen = address.to_string();
        let folder = DataFolder::open(&folder).expect("a folder");
        let broker = Broker::start(folder, &config.settings.broker).expect("nats-server on PATH");
        let options = NatsOptions {
            server: Some(broker.url.clone()),
            timeout: 10,
            ..NatsOptions::default()
        };
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let bus = Bus::connect(&options, "copydesk", "fuzz").await;
            let roles = [Role::Web];
            let ready = move || ready.send(()).expect("somebody waits");
            let ended = CancellationToken::new();
            service::run(
                bus.expect("a connection"),
                Live::from(config),
                &roles,
                ended,
                ready,
            )
            .await
        })
    });
    is_ready.recv().expect("the role is up");
    address
});

/// What the desk says to these bytes, as far as it says anything within `patience`.
///
/// `over` says by a half-close that no more is to come: without it the role would wait for the rest of a broken request.
/// A whole question is asked without it, as a half-close in the middle of the answer is a hang-up to the server.
fn ask(bytes: &[u8], over: bool, patience: Duration) -> Vec<u8> {
    let mut answer = Vec::new();
    let Ok(mut stream) = TcpStream::connect(*DESK) else {
        panic!("nobody listens any more");
    };
    let _ = stream.set_read_timeout(Some(patience));
    // It may hang up in the middle.
    if stream.write_all(bytes).is_ok() && (!over || stream.shutdown(Shutdown::Write).is_ok()) {
        let _ = stream.take(1 << 20).read_to_end(&mut answer);
    }
    answer
}

fuzz_target!(|bytes: &[u8]| {
    let answer = ask(bytes, true, Duration::from_secs(1));
    assert!(
        answer.is_empty() || answer.starts_with(b"HTTP/1."),
        "no HTTP: {answer:?}"
    );
    let question = b"GET /livez HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";
    let alive = ask(question, false, Duration::from_secs(20));
    assert!(
        alive.starts_with(b"HTTP/1.1 200"),
        "it does not live on: {alive:?}"
    );
});
