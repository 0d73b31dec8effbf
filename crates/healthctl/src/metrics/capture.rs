//! In WhaTap's place: takes connections, reads frames as a collector would, and says what it
//! cannot read. It answers nothing; the protocol has no answer.

use std::sync::Arc;

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::charts::Charts;
use super::pack::{HEADER, MAX_PACK, Pack};

/// Until the runtime ends.
pub async fn run(listener: TcpListener, charts: Arc<Charts>) {
    loop {
        // A connection that was gone before it was taken is nobody's loss.
        let Ok((stream, _)) = listener.accept().await else { continue };
        let charts = Arc::clone(&charts);
        tokio::spawn(async move {
            if let Err(error) = read(stream, &charts).await {
                charts.unreadable(format!("{error:#}"));
            }
        });
    }
}

async fn read(stream: TcpStream, charts: &Charts) -> anyhow::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut header = [0; HEADER];
        if stream.read(&mut header[..1]).await? == 0 {
            return Ok(());
        }
        stream.read_exact(&mut header[1..]).await.context("half a header")?;
        let [10, 0, _pcode @ .., a, b, c, d] = header else { bail!("no one-way frame") };
        let length = usize::try_from(u32::from_be_bytes([a, b, c, d]))?;
        if length == 0 || length > MAX_PACK {
            bail!("a frame of {length} bytes");
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.context("half a frame")?;
        charts.add(Pack::read(&body).context("a pack nobody can read")?);
    }
}
