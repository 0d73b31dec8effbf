//! The secure mode against a collector that speaks it: what arrives is what a batch's pack is, and
//! where no session opens, nothing was sent.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aes::Aes128;
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use custom::metric::{AccessKey, Batch};
use custom::whatap::client::{Client, Connection, Deadlines, Mode, SendError};
use custom::whatap::servers::{Server, Servers};
use custom::whatap::wire::Pack;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::given::{KEY, now, parse, with};

const SESSION_KEY: [u8; 16] = *b"of this session.";
const TRANSFER_KEY: [u8; 4] = [0x11, 0x22, 0x33, 0x44];
/// Stands readable in each pack.
const CATEGORY: &[u8] = b"whatap_custom";

const DEADLINES: Deadlines = Deadlines {
    connect: Duration::from_millis(300),
    write: Duration::from_millis(300),
    total: Duration::from_millis(1500),
    settle: Duration::from_millis(20),
    idle: Duration::from_mins(1),
};

/// How a collector answers the first frame.
#[derive(Clone, Copy, PartialEq)]
enum Answer {
    Session,
    /// Under another key.
    Nonsense,
    /// Says that a gigabyte follows.
    Endless,
    Silence,
    Close,
}

#[derive(Default)]
struct Heard {
    /// Object names in the order they said hello.
    hellos: Vec<String>,
    /// Flags and deciphered bodies of what came through sessions.
    frames: Vec<(u8, Vec<u8>)>,
    raw: Vec<u8>,
}

struct Collector {
    server: String,
    heard: Arc<Mutex<Heard>>,
}

impl Collector {
    async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = listener.local_addr().unwrap().to_string();
        let heard = Arc::new(Mutex::new(Heard::default()));
        let told = Arc::clone(&heard);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, answer, Arc::clone(&told)));
            }
        });
        Self { server, heard }
    }

    async fn frames(&self, count: usize) -> Vec<(u8, Vec<u8>)> {
        for _ in 0..200 {
            if self.heard.lock().unwrap().frames.len() >= count {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.heard.lock().unwrap().frames.clone()
    }
}

/// Ends with its connection.
async fn serve(mut stream: TcpStream, answer: Answer, heard: Arc<Mutex<Heard>>) -> Option<()> {
    let secret = cipher(AccessKey::parse(KEY).unwrap().session_key().expose());
    let (header, body) = frame(&mut stream, &heard).await?;
    assert_eq!((header[0], header[1], &header[14..18]), (1, 0xff, &[0; 4][..]));
    let hello = open(&secret, &body);
    assert_eq!(&hello[..6], b"\x05hello");
    let name = &hello[7..7 + usize::from(hello[6])];
    assert_eq!(hello[7 + name.len()..][..4], [127, 0, 0, 1]);
    heard.lock().unwrap().hellos.push(String::from_utf8(name.to_vec()).unwrap());
    let cipher_of_answer = match answer {
        Answer::Close => return None,
        Answer::Silence => std::future::pending().await,
        Answer::Session | Answer::Endless => secret,
        Answer::Nonsense => cipher(b"some other key.."),
    };
    let mut content = TRANSFER_KEY.to_vec();
    content.push(16);
    content.extend(SESSION_KEY);
    content.extend([1, 2, 3, 4, 127, 0, 0, 1]);
    let body = seal(&cipher_of_answer, content);
    let mut reply = [&[4, 0xff][..], &header[2..14], &TRANSFER_KEY].concat();
    let length = if answer == Answer::Endless { 1 << 30 } else { body.len() };
    reply.extend(u32::try_from(length).unwrap().to_be_bytes());
    reply.extend(body);
    stream.write_all(&reply).await.ok()?;
    let session = cipher(&SESSION_KEY);
    loop {
        let (header, body) = frame(&mut stream, &heard).await?;
        assert_eq!(header[14..18], TRANSFER_KEY);
        let body = if header[1] == 2 { open(&session, &body) } else { body };
        heard.lock().unwrap().frames.push((header[1], body));
    }
}

async fn frame(stream: &mut TcpStream, heard: &Mutex<Heard>) -> Option<([u8; 22], Vec<u8>)> {
    let mut header = [0; 22];
    stream.read_exact(&mut header).await.ok()?;
    let length = u32::from_be_bytes(*header.last_chunk().unwrap());
    let mut body = vec![0; usize::try_from(length).unwrap()];
    stream.read_exact(&mut body).await.ok()?;
    heard.lock().unwrap().raw.extend(&body);
    Some((header, body))
}

fn cipher(key: &[u8; 16]) -> Aes128 {
    Aes128::new(&(*key).into())
}

fn seal(cipher: &Aes128, mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.resize(bytes.len().div_ceil(16) * 16, 0);
    bytes.as_chunks_mut::<16>().0.iter_mut().for_each(|block| cipher.encrypt_block(block.into()));
    bytes
}

fn open(cipher: &Aes128, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes.as_chunks_mut::<16>().0.iter_mut().for_each(|block| cipher.decrypt_block(block.into()));
    bytes
}

fn client(collectors: &[&Collector]) -> Client {
    let list: Vec<&str> = collectors.iter().map(|collector| &*collector.server).collect();
    Client::new(Servers::parse(&list.join(","), 1).unwrap(), DEADLINES).in_mode(Mode::Secure)
}

fn batch(host: &str) -> Batch {
    parse(&with(&[("host", &format!("\"{host}\""))])).unwrap()
}

async fn deliver(client: &Client, host: &str) -> Result<(Server, Connection), SendError> {
    let batch = batch(host);
    let delivery = client.deliver(&batch, batch.access_key.as_ref().unwrap(), now()).await?;
    Ok((delivery.server, delivery.connection))
}

/// What a collector hears of one batch: the time, then the pack, padded.
fn told(host: &str) -> [(u8, Vec<u8>); 2] {
    let mut pack = Pack::of(&batch(host)).bytes();
    pack.resize(pack.len().div_ceil(16) * 16, 0);
    [(0xfe, now().as_millisecond().to_be_bytes().to_vec()), (2, pack)]
}

#[tokio::test]
async fn values_arrive_enciphered_and_a_connection_keeps_its_session_for_its_object() {
    let up = Collector::start(Answer::Session).await;
    let client = client(&[&up]);
    let mut connections = Vec::new();
    for host in ["one", "one", "two", "one"] {
        connections.push(deliver(&client, host).await.unwrap().1);
    }
    let kept = Connection::Kept;
    assert_eq!(connections, [Connection::New, kept, Connection::New, Connection::New]);
    let expected = ["one", "one", "two", "one"].map(told).concat();
    assert_eq!(up.frames(8).await, expected);
    let heard = up.heard.lock().unwrap();
    assert_eq!(heard.hellos, ["one", "two", "one"]);
    assert!(!heard.raw.windows(CATEGORY.len()).any(|window| window == CATEGORY), "readable");
}

#[tokio::test]
async fn where_no_session_opens_nothing_was_sent_and_the_next_server_is_asked() {
    for answer in [Answer::Nonsense, Answer::Endless, Answer::Silence, Answer::Close] {
        let (bad, good) = (Collector::start(answer).await, Collector::start(Answer::Session).await);
        let error = deliver(&client(&[&bad]), "one").await.unwrap_err();
        assert!(error.retryable(), "{error}");
        let late = matches!(error, SendError::TimedOut { .. });
        assert_eq!(late, matches!(answer, Answer::Silence | Answer::Endless), "{error:?}");
        assert!(!format!("{error:?}").contains(KEY));
        assert_eq!(bad.heard.lock().unwrap().frames, []);
        deliver(&client(&[&bad, &good]), "one").await.unwrap();
        assert_eq!(good.frames(2).await, told("one"));
    }
}
