//! A browser, driven by plain WebDriver requests. https://www.w3.org/TR/webdriver2/

use crate::support::{PATIENCE, wait_for};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Keys by the names WebDriver gives them.
pub(crate) const ENTER: &str = "\u{e007}";
pub(crate) const ESC: &str = "\u{e00c}";
pub(crate) const TAB: &str = "\u{e004}";
pub(crate) const DOWN: &str = "\u{e015}";

/// Ask of the window.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) dark: bool,
}

/// A desk as most people have it.
pub(crate) const WIDE: Look = Look {
    width: 1440,
    height: 900,
    dark: false,
};

/// A browser with one window. Ended when dropped.
pub(crate) struct Browser {
    driver: Child,
    port: u16,
    session: String,
    _profile: TempDir,
}

impl Browser {
    /// One of its own; none, with a message, where there is no browser.
    pub(crate) fn start(look: Look) -> Option<Self> {
        let (Some(chromium), Some(chromedriver)) = (program("chromium"), program("chromedriver"))
        else {
            eprintln!(
                "skipped: no chromium and chromedriver on PATH (apt-get install chromium chromium-driver)"
            );
            return None;
        };
        let mut driver = Command::new(chromedriver)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines
            .find_map(|line| {
                let line = line.ok()?;
                let port = line.split("successfully on port ").nth(1)?;
                port.trim_end_matches('.').parse().ok()
            })
            .expect("chromedriver says its port");
        std::thread::spawn(move || lines.for_each(drop));
        let profile = tempfile::tempdir().unwrap();
        let size = format!("--window-size={},{}", look.width, look.height);
        let folder = format!("--user-data-dir={}", profile.path().display());
        let args = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--lang=en-GB",
            &size,
            &folder,
        ];
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"binary": chromium, "args": args},
            "goog:loggingPrefs": {"browser": "ALL"},
        }}});
        let mut browser = Self {
            driver,
            port,
            session: String::new(),
            _profile: profile,
        };
        let answer = browser.send("POST", "/session", &wanted);
        browser.session = answer["sessionId"].as_str().unwrap().to_owned();
        browser.devtools(
            "Emulation.setDeviceMetricsOverride",
            &json!({"width": look.width, "height": look.height, "deviceScaleFactor": 1, "mobile": look.width < 500}),
        );
        // Else nothing has the focus before the first key.
        browser.devtools(
            "Emulation.setFocusEmulationEnabled",
            &json!({"enabled": true}),
        );
        let scheme = if look.dark { "dark" } else { "light" };
        let feature = json!({"name": "prefers-color-scheme", "value": scheme});
        browser.devtools(
            "Emulation.setEmulatedMedia",
            &json!({"features": [feature]}),
        );
        Some(browser)
    }

    /// Opens a page of the desk, and waits until it is there.
    pub(crate) fn open(&self, address: &str) {
        self.ask("POST", "/url", &json!({"url": address}));
        self.until("document.body.dataset.ready === 'true'");
    }

    /// The value of an expression.
    pub(crate) fn value(&self, expression: &str) -> Value {
        self.run(&format!("return {expression}"))
    }

    /// The value of an expression that is a text.
    pub(crate) fn text(&self, expression: &str) -> String {
        let value = self.value(expression);
        let text = value.as_str();
        text.unwrap_or_else(|| panic!("{expression} is {value}"))
            .to_owned()
    }

    /// Runs a script; `return` gives a value, a promise is waited for.
    pub(crate) fn run(&self, script: &str) -> Value {
        self.ask(
            "POST",
            "/execute/sync",
            &json!({"script": script, "args": []}),
        )
    }

    /// Waits until an expression holds.
    pub(crate) fn until(&self, expression: &str) {
        let deadline = Instant::now() + PATIENCE;
        while self.value(&format!("Boolean({expression})")) != true {
            assert!(
                Instant::now() < deadline,
                "waited in vain: {expression}\n{}",
                self.value("document.body.innerText")
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Types, as a person would: every character is a key.
    pub(crate) fn keys(&self, keys: &str) {
        let mut actions = Vec::new();
        for key in keys.chars() {
            for kind in ["keyDown", "keyUp"] {
                actions.push(json!({"type": kind, "value": key}));
            }
        }
        let actions = json!({"actions": [{"type": "key", "id": "keyboard", "actions": actions}]});
        self.ask("POST", "/actions", &actions);
    }

    /// What the page complained of.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let log = self.ask("POST", "/se/log", &json!({"type": "browser"}));
        let entries = log.as_array().unwrap().iter();
        entries
            .map(|e| e["message"].as_str().unwrap().to_owned())
            .collect()
    }

    /// What the window shows, as PNG.
    pub(crate) fn picture(&self) -> Vec<u8> {
        let text = self.ask("GET", "/screenshot", &Value::Null);
        let text = text.as_str().unwrap();
        data_encoding::BASE64.decode(text.as_bytes()).unwrap()
    }

    fn devtools(&self, command: &str, told: &Value) {
        let told = json!({"cmd": command, "params": told});
        self.ask("POST", "/goog/cdp/execute", &told);
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        self.send(method, &format!("/session/{}{path}", self.session), body)
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let mut stream = wait_for("chromedriver", || {
            TcpStream::connect(("127.0.0.1", self.port)).ok()
        });
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.port,
            body.len()
        )
        .unwrap();
        let mut reader = BufReader::new(stream);
        let (mut length, mut line) = (0, String::new());
        while reader.read_line(&mut line).unwrap() > 2 {
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            line.clear();
        }
        let mut bytes = vec![0; length];
        reader.read_exact(&mut bytes).unwrap();
        let mut answer: Value = serde_json::from_slice(&bytes).unwrap();
        let value = answer["value"].take();
        assert!(
            value.get("error").is_none_or(Value::is_null),
            "{method} {path}: {value:#}"
        );
        value
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !std::thread::panicking() && !self.session.is_empty() {
            self.ask("DELETE", "", &Value::Null);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}
