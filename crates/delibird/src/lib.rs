//! Delivers messages to Google Chat: [`chat`] is the port to a space, with the webhook that
//! production uses and the recorder that `simulate` and `dev` use.

pub mod chat;
