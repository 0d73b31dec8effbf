//! A connection that can be reset while somebody else serves it: the peer then sees what a
//! crashed or overloaded server looks like, not an orderly end.

use std::io;

use tokio::net::TcpStream;

/// hyper owns the stream it serves; a second handle to the same socket can still reset it.
pub(crate) fn twin(stream: TcpStream) -> io::Result<(TcpStream, TcpStream)> {
    let stream = stream.into_std()?;
    let handle = TcpStream::from_std(stream.try_clone()?)?;
    Ok((TcpStream::from_std(stream)?, handle))
}

/// The connection is to be cut without an answer.
#[derive(Debug, thiserror::Error)]
#[error("cut on purpose")]
pub(crate) struct Broken;
