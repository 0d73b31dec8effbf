//! One request without the network: body to batch to frame. Budgets: 10 values 150 µs, 1000 values
//! 2 ms.

#![expect(clippy::unwrap_used, reason = "a bench that cannot run must stop")]

use custom::emf::documents;
use custom::metric::{self, AccessKeyIn, Batch, Host, Rules};
use custom::whatap::client::{Client, Deadlines};
use custom::whatap::servers::Servers;
use custom::whatap::wire;
use divan::{Bencher, black_box};
use jiff::Timestamp;

fn main() {
    divan::main();
}

const NOW: Timestamp = Timestamp::constant(1_700_000_000, 0);

fn rules() -> Rules {
    Rules {
        default_host: Host::new("custom").unwrap(),
        access_key: AccessKeyIn::Body,
        reserved_categories: metric::BUILT_IN_CATEGORIES.map(String::from).to_vec(),
    }
}

fn body(count: usize) -> String {
    let datas: Vec<_> =
        (0..count).map(|n| format!(r#"{{"key":"metric_name_{n}","value":{n}.25}}"#)).collect();
    format!(
        r#"{{"datas":[{}],"tags":[{{"key":"region","value":"ap-northeast-2"}},{{"key":"team","value":"결제"}}],
        "whatapAccessKey":"x64mmgs800082-x61050o3gg28a-xm30d1o7qlala","pcode":1234567,
        "category":"whatap_custom","host":"custom-host-1"}}"#,
        datas.join(",")
    )
}

fn batch(body: &str, rules: &Rules) -> Batch {
    metric::parse(body.as_bytes(), rules, NOW).unwrap()
}

#[divan::bench(args = [10, 1000])]
fn body_to_frame(bencher: Bencher<'_, '_>, count: usize) {
    let (body, rules) = (body(count), rules());
    bencher.bench(|| {
        let batch = batch(black_box(&body), &rules);
        wire::frame_of(&batch, batch.access_key.as_ref().unwrap())
    });
}

#[divan::bench(args = [10, 1000])]
fn body_to_batch(bencher: Bencher<'_, '_>, count: usize) {
    let (body, rules) = (body(count), rules());
    bencher.bench(|| batch(black_box(&body), &rules));
}

#[divan::bench(args = [10, 1000])]
fn batch_to_emf(bencher: Bencher<'_, '_>, count: usize) {
    let batch = batch(&body(count), &rules());
    bencher.bench(|| documents(black_box(&batch), "Custom"));
}

/// The most work a hostile caller gets out of one request: a body of the largest size.
#[divan::bench]
fn hostile_mebibyte(bencher: Bencher<'_, '_>) {
    let (body, rules) = (format!(r#"{{"datas":[0{}]}}"#, ",0".repeat(500_000)), rules());
    bencher.bench(|| metric::parse(black_box(body.as_bytes()), &rules, NOW));
}

/// What a warm request adds: look, write, look, over the loopback to a peer that only reads.
#[divan::bench]
fn deliver_on_a_kept_connection(bencher: Bencher<'_, '_>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        std::io::copy(&mut stream, &mut std::io::sink()).unwrap();
    });
    let client = Client::new(Servers::parse(&address, 1).unwrap(), Deadlines::default());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let batch = batch(&body(10), &rules());
    let frame = wire::frame_of(&batch, batch.access_key.as_ref().unwrap());
    runtime.block_on(client.send(&frame)).unwrap();
    bencher.bench_local(|| runtime.block_on(client.send(&frame)).unwrap());
}
