//! A real Chromium, driven over `WebDriver`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::http;

/// Two browsers on two cores would only slow each other.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

pub(crate) struct Browser {
    driver: Child,
    at: SocketAddr,
    session: String,
    /// What the browser leaves behind; a short path, since it puts sockets there.
    scratch: PathBuf,
    _turn: MutexGuard<'static, ()>,
}

impl Browser {
    /// None when this machine has no Chromium and need not have one.
    pub(crate) fn open() -> Option<Self> {
        let turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let scratch = std::env::temp_dir().join(format!("inbox-{}", std::process::id()));
        std::fs::create_dir_all(&scratch).unwrap();
        let started = Command::new("chromedriver")
            .env("TMPDIR", &scratch)
            .args(["--port=0", "--allowed-ips=127.0.0.1", "--log-level=SEVERE"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut driver = match started {
            Ok(driver) => driver,
            Err(error) => {
                assert!(!in_ci(), "CI needs chromedriver and Chromium: {error}");
                // Straight to stderr: the test harness would swallow what a passing test prints.
                let text =
                    format!("\n!!! SKIPPED: no chromedriver here ({error}), page untested\n");
                std::io::stderr().write_all(text.as_bytes()).unwrap();
                return None;
            }
        };
        let port = port(BufReader::new(driver.stdout.take().unwrap()));
        let at = SocketAddr::from(([127, 0, 0, 1], port));
        let mut browser = Self { driver, at, session: String::new(), scratch, _turn: turn };
        let created = browser.call("POST", "", &capabilities());
        browser.session = format!("/{}", created["sessionId"].as_str().unwrap());
        browser.call("POST", "/timeouts", &json!({"script": 20_000}));
        Some(browser)
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let path = format!("/session{}{path}", self.session);
        let kind = ("Content-Type", "application/json");
        let body = if method == "GET" { String::new() } else { body.to_string() };
        let answer = http::request(self.at, method, &path, &[kind], body.as_bytes());
        let value = answer.json()["value"].clone();
        assert_eq!(answer.status, 200, "{method} {path}: {}", value["message"]);
        value
    }

    pub(crate) fn go(&self, url: &str) {
        self.call("POST", "/url", &json!({"url": url}));
    }

    /// The value of an expression in the page.
    pub(crate) fn eval(&self, expression: &str) -> Value {
        let script = format!("return ({expression});");
        self.call("POST", "/execute/sync", &json!({"script": script, "args": []}))
    }

    /// Runs a body of script that returns a value.
    pub(crate) fn run(&self, script: &str) -> Value {
        self.call("POST", "/execute/sync", &json!({"script": script, "args": []}))
    }

    /// Waits, in the page, until an expression holds.
    pub(crate) fn until(&self, expression: &str) {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             const look = () => ({expression}) ? done(true) : setTimeout(look, 16);
             look();"
        );
        self.call("POST", "/execute/async", &json!({"script": script, "args": []}));
    }

    fn find(&self, css: &str) -> String {
        let found = self.call("POST", "/element", &json!({"using": "css selector", "value": css}));
        found.as_object().unwrap().values().next().unwrap().as_str().unwrap().to_owned()
    }

    pub(crate) fn click(&self, css: &str) {
        let element = self.find(css);
        self.call("POST", &format!("/element/{element}/click"), &json!({}));
    }

    /// Types into an element, which takes the focus.
    pub(crate) fn keys(&self, css: &str, text: &str) {
        let element = self.find(css);
        self.call("POST", &format!("/element/{element}/value"), &json!({"text": text}));
    }

    fn devtools(&self, command: &str, params: &Value) -> Value {
        let body = json!({"cmd": command, "params": params});
        self.call("POST", "/goog/cdp/execute", &body)
    }

    pub(crate) fn width(&self, width: u32) {
        let size = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", &size);
    }

    pub(crate) fn prefer(&self, scheme: &str) {
        let feature = json!({"name": "prefers-color-scheme", "value": scheme});
        self.devtools("Emulation.setEmulatedMedia", &json!({"features": [feature]}));
    }

    /// Everything the page complained about since the last look.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let log = self.call("POST", "/se/log", &json!({"type": "browser"}));
        log.as_array().unwrap().iter().map(|entry| entry["message"].to_string()).collect()
    }

    /// The whole page as a picture, for a person to look at.
    pub(crate) fn picture(&self, name: &str) {
        self.save(name, &json!({"captureBeyondViewport": true, "format": "png"}));
    }

    /// What a person sees before scrolling.
    pub(crate) fn first_screen(&self, name: &str) {
        self.save(name, &json!({"format": "png"}));
    }

    /// A rectangle of the page, wherever it is scrolled to.
    pub(crate) fn part(&self, name: &str, place: &Value) {
        let how = json!({"captureBeyondViewport": true, "format": "png", "clip": place});
        self.save(name, &how);
    }

    fn save(&self, name: &str, how: &Value) {
        let shot = self.devtools("Page.captureScreenshot", how);
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pictures");
        let path = folder.join(format!("{name}.png"));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let bytes = base64::Engine::decode(
            &base64::engine::general_purpose::STANDARD,
            shot["data"].as_str().unwrap(),
        );
        std::fs::write(path, bytes.unwrap()).unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Asked to shut down, the driver ends its browser and clears its files; killed, it cannot.
        let asked = TcpStream::connect(self.at).and_then(|mut stream| {
            stream.write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")?;
            stream.read_to_end(&mut Vec::new())
        });
        if asked.is_err() {
            let _ = self.driver.kill();
        }
        let _ = self.driver.wait();
        let _ = std::fs::remove_dir_all(&self.scratch);
    }
}

fn capabilities() -> Value {
    let args = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        "--window-size=1200,900",
    ];
    json!({"capabilities": {"alwaysMatch": {
        "goog:chromeOptions": {"args": args},
        "goog:loggingPrefs": {"browser": "ALL"},
    }}})
}

/// The driver says on which port it listens; what it says later is drained unread.
fn port(mut said: impl BufRead + Send + 'static) -> u16 {
    let mut line = String::new();
    while !line.contains("started successfully on port") {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "chromedriver ended at once");
    }
    let digits: String = line.chars().filter(char::is_ascii_digit).collect();
    std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
    digits.parse().unwrap()
}

#[expect(clippy::disallowed_methods, reason = "whether a missing browser is a failure or a skip")]
fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|ci| ci == "true")
}
