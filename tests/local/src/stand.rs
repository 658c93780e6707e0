//! The whole customer master on one machine: a database, the functions, and the gateway before them. The development server is one stand; each test has one of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::controls::Controls;
use fix_error::SignIn;
use operations::changes::Bus;
use operations::kit::Master;
use operations::kit::Standardizer;
use store::client::Connection;
use store::dynamo::Dynamo;
use store::item::Item;
use store::table::{Query, Table};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::claims::WithoutToken;
use crate::embedded::Embedded;
use crate::gateway::{self, Authorizer, Functions, Gateway, UnderWay, Watch};
use crate::schema;
use crate::stream::Following;
use crate::template;
use crate::viewer;

/// The name of the table in a database that nobody shares.
const TABLE: &str = "customer-master";

/// The variable with the address of a DynamoDB that the tests shall use in place of embedded ones.
pub const DYNAMODB_URL: &str = "DYNAMODB_URL";

/// A database with the customer master's table.
pub struct Storage {
    embedded: Option<Embedded>,
    /// The file of an embedded database that is not in memory.
    file: Option<PathBuf>,
    /// The table.
    pub table: Dynamo,
    /// Whether the table was made just now.
    pub is_new: bool,
    url: String,
    name: String,
}

impl Storage {
    /// An embedded database: in memory, or in a file.
    ///
    /// # Errors
    ///
    /// A sentence when it cannot be started.
    pub async fn embedded(file: Option<&Path>) -> Result<Self, String> {
        Self::of(Embedded::start(file).await?, file).await
    }

    /// An embedded database in a file that nobody else uses meanwhile.
    ///
    /// # Errors
    ///
    /// A sentence when it cannot be started, or somebody uses the file.
    pub async fn alone(file: &Path) -> Result<Self, String> {
        Self::of(Embedded::start_alone(file).await?, Some(file)).await
    }

    async fn of(embedded: Embedded, file: Option<&Path>) -> Result<Self, String> {
        let storage = Self::at(embedded.url(), TABLE).await?;
        Ok(Self { embedded: Some(embedded), file: file.map(Path::to_owned), ..storage })
    }

    /// A table in the DynamoDB at this address.
    ///
    /// # Errors
    ///
    /// A sentence when it cannot be reached or refuses the table.
    pub async fn at(url: &str, name: &str) -> Result<Self, String> {
        let client = Connection::to_emulator(url).client();
        let is_new = schema::create_table(&client, name)
            .await
            .map_err(|sentence| format!("The DynamoDB at {url} cannot be used. {sentence}"))?;
        let (url, table) = (url.to_owned(), Dynamo::new(client, name));
        Ok(Self { embedded: None, file: None, table, is_new, url, name: name.to_owned() })
    }

    /// A table for one test: in an embedded database of its own, or under a name of its own in the DynamoDB that [`DYNAMODB_URL`] names.
    ///
    /// # Errors
    ///
    /// A sentence when there is none to be had.
    pub async fn for_a_test() -> Result<Self, String> {
        match std::env::var(DYNAMODB_URL) {
            Ok(url) if !url.is_empty() => {
                let mut bits = [0; 8];
                getrandom::fill(&mut bits).map_err(|error| error.to_string())?;
                Self::at(&url, &format!("{TABLE}-{}", data_encoding::HEXLOWER.encode(&bits))).await
            }
            Ok(_) | Err(_) => Self::embedded(None).await,
        }
    }

    /// Follows the stream of the table for this master, and tells this bus.
    ///
    /// # Errors
    ///
    /// A sentence when the database refuses.
    pub async fn following<B: Bus>(
        &self,
        master: &Master<Dynamo>,
        bus: B,
    ) -> Result<Following<B>, String> {
        let following = Following::begin(master, &self.url, &self.name, bus).await?;
        Ok(match &self.file {
            Some(file) => following.from_bookmark(format!("{}-followed", file.display()).into()),
            None => following,
        })
    }

    /// All items of the table, in no order.
    ///
    /// # Errors
    ///
    /// A sentence when it does not answer.
    pub async fn everything(&self) -> Result<Vec<Item>, String> {
        let client = Connection::to_emulator(&self.url).client();
        let scan = client.scan().table_name(&self.name).consistent_read(true);
        let mut pages = scan.into_paginator().items().send();
        let mut items = Vec::new();
        while let Some(item) = pages.next().await {
            items.push(item.map_err(|error| format!("The table cannot be read: {error}."))?);
        }
        Ok(items)
    }

    /// Stops the database, if it is ours.
    ///
    /// # Errors
    ///
    /// A sentence when it failed.
    pub async fn stop(self) -> Result<(), String> {
        match self.embedded {
            Some(embedded) => embedded.stop().await,
            None => Ok(()),
        }
    }
}

/// Whether the database counts units as DynamoDB does, for a query that finds nothing too. DynamoDB Local does not, nor for the index: what a request costs
/// cannot be seen there.
///
/// # Errors
///
/// A sentence when it does not answer.
pub async fn counts_units(table: &Dynamo) -> Result<bool, String> {
    let table = table.metered(Arc::default());
    let nothing =
        Query { partition: "NOTHING".to_owned(), prefix: String::new(), after: None, limit: None };
    let answer = table.query(&nothing).await;
    answer.map_err(|error| format!("The database does not answer: {error}."))?;
    Ok(table.meter().cost().read_units > 0.0)
}

/// The functions, each under the name of its package, of a deployment whose console signs nobody in.
pub fn functions<T: Table>(master: &Master<T>) -> Functions {
    functions_signing_in(master, &SignIn::default())
}

fn functions_signing_in<T: Table>(master: &Master<T>, sign_in: &SignIn) -> Functions {
    let sign_in = Arc::new(sign_in.clone());
    let [associating, adding, fixing, finding, merging] = std::array::from_fn(|_| master.clone());
    Functions::from([
        (
            "associate-dealer",
            gateway::function(move |request| {
                let master = associating.clone();
                async move { associate_dealer::handle(&master, request).await }
            }),
        ),
        (
            "add-customer",
            gateway::function(move |request| {
                let master = adding.clone();
                async move { add_customer::handle(&master, request).await }
            }),
        ),
        (
            "find-customer",
            gateway::function(move |request| {
                let master = finding.clone();
                async move { find_customer::handle(&master, request).await }
            }),
        ),
        (
            "merge-customers",
            gateway::function(move |request| {
                let master = merging.clone();
                async move { merge_customers::handle(&master, request).await }
            }),
        ),
        (
            "fix-error",
            gateway::function(move |request| {
                let (master, sign_in) = (fixing.clone(), Arc::clone(&sign_in));
                async move { fix_error::handle(&master, &sign_in, request).await }
            }),
        ),
    ])
}

/// A running customer master.
pub struct Stand {
    /// Where it answers, without a slash at the end.
    pub url: String,
    /// The master behind the functions, to look at its table.
    pub master: Master<Dynamo>,
    storage: Storage,
    under_way: UnderWay,
    server: JoinHandle<std::io::Result<()>>,
    stop: oneshot::Sender<()>,
}

impl Stand {
    /// Serves the functions over this database on this port. A request without a token is the local developer's.
    ///
    /// # Errors
    ///
    /// A sentence when the gateway cannot be started.
    pub async fn serve(
        listener: TcpListener,
        storage: Storage,
        controls: Controls,
    ) -> Result<Self, String> {
        Self::serve_to(WithoutToken::LocalDeveloper, None, listener, storage, controls).await
    }

    /// Serves the functions over this database on this port: what a request without a token comes to, and who is told of each request.
    ///
    /// # Errors
    ///
    /// A sentence when the gateway cannot be started.
    pub async fn serve_to(
        without_token: WithoutToken,
        watch: Option<Watch>,
        listener: TcpListener,
        storage: Storage,
        controls: Controls,
    ) -> Result<Self, String> {
        let sign_in = SignIn::default();
        let over = |gateway: Gateway| {
            let gateway = gateway.without_token(without_token);
            match watch {
                Some(watch) => gateway.watched(watch),
                None => gateway,
            }
        };
        Self::serve_over(over, &sign_in, listener, storage, controls).await
    }

    /// Serves the functions to callers whose tokens this authorizer takes, and to nobody else, with a console that signs in so.
    ///
    /// # Errors
    ///
    /// A sentence when the gateway cannot be started.
    pub async fn serve_for(
        authorizer: Authorizer,
        sign_in: &SignIn,
        listener: TcpListener,
        storage: Storage,
        controls: Controls,
    ) -> Result<Self, String> {
        let over = |gateway: Gateway| gateway.authorized_by(authorizer);
        Self::serve_over(over, sign_in, listener, storage, controls).await
    }

    async fn serve_over(
        over: impl FnOnce(Gateway) -> Gateway,
        sign_in: &SignIn,
        listener: TcpListener,
        storage: Storage,
        controls: Controls,
    ) -> Result<Self, String> {
        let standardizer = Standardizer::of(&controls);
        let master = Master::new(storage.table.clone(), controls, standardizer);
        // As the start of a function does. What it costs to look again is no part of what the tests count.
        master.clone().settled().await?;
        let address =
            listener.local_addr().map_err(|error| format!("The port is gone: {error}."))?;
        let mut functions = functions_signing_in(&master, sign_in);
        let routes = [template::routes()?, &viewer::routes()].concat();
        functions.insert(viewer::FUNCTION, viewer::function());
        let gateway = over(Gateway::new(&routes, &functions)?);
        let under_way = gateway.under_way();
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(gateway.serve(listener, async move {
            // Told to stop, or the stand is gone: both mean the end.
            let _ = stopped.await;
        }));
        Ok(Self { url: format!("http://{address}"), master, storage, under_way, server, stop })
    }

    /// A stand for one test, with these controls.
    ///
    /// # Errors
    ///
    /// A sentence when there is none to be had.
    pub async fn for_a_test(controls: Controls) -> Result<Self, String> {
        Self::serve(gateway::listen(0).await?, Storage::for_a_test().await?, controls).await
    }

    /// Follows the stream of the stand's table from here on, and tells this bus.
    ///
    /// # Errors
    ///
    /// A sentence when the database refuses.
    pub async fn following<B: Bus>(&self, bus: B) -> Result<Following<B>, String> {
        self.storage.following(&self.master, bus).await
    }

    /// What is under way at the gateway.
    #[must_use]
    pub fn under_way(&self) -> UnderWay {
        self.under_way.clone()
    }

    /// Whether the table was made for this stand.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.storage.is_new
    }

    /// Lets the requests that are under way finish, and stops.
    ///
    /// # Errors
    ///
    /// A sentence when the gateway or the database failed.
    pub async fn stop(self) -> Result<(), String> {
        // The receiver is gone only when the server ended by itself; its outcome says why.
        let _ = self.stop.send(());
        self.server
            .await
            .map_err(|error| format!("The gateway broke off: {error}."))?
            .map_err(|error| format!("The gateway failed: {error}."))?;
        self.storage.stop().await
    }
}
