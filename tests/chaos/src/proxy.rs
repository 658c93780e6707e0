//! A proxy before the database that does to each call what the script says: it loses, delays, repeats, refuses and half-answers.
//!
//! It speaks just the HTTP/1.1 that the database client speaks, by hand, because no HTTP server breaks off in the middle of an answer on purpose.
//! What a call means to the database is not known here.

use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use store::client::ATTEMPT;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, RwLock};
use tokio::task::JoinSet;

use super::fault::{Call, Fault, Script};
use super::log::Log;

/// The largest request that is carried, in bytes: more than any call of ours.
const LARGEST: usize = 8 * 1024 * 1024;

/// The proxy. Each caller has a connection of its own, so that it is known whom to kill.
#[derive(Clone)]
pub struct Proxy {
    database: String,
    client: reqwest::Client,
    script: Arc<Mutex<Script>>,
    /// Where it is kept what arrived later than its caller waited.
    log: Arc<Log>,
    /// Held for reading by whatever may still reach the database.
    under_way: Arc<RwLock<()>>,
}

/// The connection of one caller; it ends when this is dropped.
pub struct Connection {
    /// Where the caller finds its database.
    pub url: String,
    _server: JoinSet<()>,
}

#[derive(Clone)]
struct Request {
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Proxy {
    /// A proxy before the database at this address.
    #[must_use]
    pub fn new(database: &str, script: Script, log: Arc<Log>) -> Self {
        Self {
            database: database.to_owned(),
            client: reqwest::Client::new(),
            script: Arc::new(Mutex::new(script)),
            log,
            under_way: Arc::default(),
        }
    }

    /// Waits until nothing is on its way to the database any more, not even what comes late.
    pub async fn settle(&self) {
        drop(self.under_way.write().await);
    }

    /// The script, with its counts.
    pub fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a connection for one caller, who is killed when `kill` is notified.
    ///
    /// # Errors
    ///
    /// When there is no port.
    pub async fn connection(&self, kill: Arc<Notify>) -> io::Result<Connection> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let proxy = self.clone();
        let mut server = JoinSet::new();
        server.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (proxy, kill) = (proxy.clone(), Arc::clone(&kill));
                // A connection that breaks is what this is about.
                connections.spawn(async move { drop(proxy.serve(stream, &kill).await) });
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(Connection { url, _server: server })
    }

    async fn serve(&self, stream: TcpStream, kill: &Notify) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut stream = BufReader::new(stream);
        while let Some(request) = read(&mut stream).await? {
            let call = Call::of(&request.target, &request.body);
            let fault = self.script().next(&call);
            let answer = match fault {
                None => self.forward(&request).await?,
                Some(Fault::LoseRequest) => return Ok(()),
                Some(Fault::LoseAnswer) => {
                    self.forward(&request).await?;
                    return Ok(());
                }
                Some(Fault::HalfAnswer) => {
                    let answer = self.forward(&request).await?;
                    let bytes = written(&answer);
                    let half = bytes.len() - answer.body.len().div_ceil(2);
                    return stream.write_all(&bytes[..half]).await;
                }
                Some(Fault::FailAfterEffect(refusal)) => {
                    self.forward(&request).await?;
                    refused(&call, refusal)
                }
                Some(Fault::Refuse(refusal)) => refused(&call, refusal),
                Some(Fault::Slow(wait)) => {
                    let answer = self.forward(&request).await?;
                    tokio::time::sleep(wait).await;
                    answer
                }
                Some(Fault::Late(wait)) => self.carry(&request, wait).await?,
                Some(Fault::Hang) => return until_gone(&mut stream).await,
                Some(Fault::Repeat) => {
                    self.forward(&request).await?;
                    self.forward(&request).await?
                }
                Some(Fault::KillBefore) => {
                    kill.notify_one();
                    return until_gone(&mut stream).await;
                }
                Some(Fault::KillAfter) => {
                    self.forward(&request).await?;
                    kill.notify_one();
                    return until_gone(&mut stream).await;
                }
            };
            stream.write_all(&written(&answer)).await?;
        }
        Ok(())
    }

    async fn forward(&self, request: &Request) -> io::Result<Answer> {
        self.carry(request, Duration::ZERO).await
    }

    /// Carries a request to the database after a while; on a task of its own, for what is on its way arrives, whether its caller still waits or is gone.
    async fn carry(&self, request: &Request, after: Duration) -> io::Result<Answer> {
        let (proxy, request) = (self.clone(), request.clone());
        let arriving = Arc::clone(&self.under_way).read_owned().await;
        let carried = tokio::spawn(async move {
            let began = Instant::now();
            tokio::time::sleep(after).await;
            let answer = proxy.arrive(&request).await;
            if began.elapsed() >= ATTEMPT {
                proxy.log.add_late(&request.body);
            }
            drop(arriving);
            answer
        });
        carried.await.map_err(io::Error::other)?
    }

    async fn arrive(&self, request: &Request) -> io::Result<Answer> {
        let mut sent = self.client.post(&self.database).body(request.body.clone());
        for (name, value) in &request.headers {
            sent = sent.header(name, value);
        }
        let got = sent.send().await.map_err(io::Error::other)?;
        let headers = got
            .headers()
            .iter()
            .filter(|(name, _)| !is_of_the_connection(name.as_str()))
            .filter_map(|(name, value)| {
                Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
            })
            .collect();
        Ok(Answer {
            status: got.status().as_u16(),
            headers,
            body: got.bytes().await.map_err(io::Error::other)?.to_vec(),
        })
    }
}

/// Waits until the caller hangs up.
async fn until_gone(stream: &mut BufReader<TcpStream>) -> io::Result<()> {
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}

fn refused(call: &Call, refusal: super::fault::Refusal) -> Answer {
    let (status, body) = call.refused(refusal);
    Answer {
        status,
        headers: vec![("content-type".to_owned(), "application/x-amz-json-1.0".to_owned())],
        body: body.to_string().into_bytes(),
    }
}

/// An answer on the wire.
fn written(answer: &Answer) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {} Answer\r\n", answer.status).into_bytes();
    for (name, value) in &answer.headers {
        bytes.extend(format!("{name}: {value}\r\n").into_bytes());
    }
    bytes.extend(format!("content-length: {}\r\n\r\n", answer.body.len()).into_bytes());
    bytes.extend(&answer.body);
    bytes
}

fn is_of_the_connection(name: &str) -> bool {
    ["connection", "content-length", "transfer-encoding", "host"].contains(&name)
}

/// Reads the next request; none when the caller hung up.
async fn read(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    let mut request = Request { target: String::new(), headers: Vec::new(), body: Vec::new() };
    let mut length = 0;
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim().to_owned());
        match name.as_str() {
            "content-length" => length = value.parse().map_err(io::Error::other)?,
            "x-amz-target" => request.target.clone_from(&value),
            _ => {}
        }
        if !is_of_the_connection(&name) {
            request.headers.push((name, value));
        }
    }
    if length > LARGEST {
        return Err(io::Error::other("a call is far too large"));
    }
    request.body.resize(length, 0);
    stream.read_exact(&mut request.body).await?;
    Ok(Some(request))
}
