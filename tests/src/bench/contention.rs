//! Many requests at the same moment, each in a process of its own, for one block and for one DCN: rounds, calls, outcomes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::Method;
use operations::kit::Master;
use operations::kit::Standardizer;
use serde_json::Value;
use store::client::Connection;
use store::dynamo::Dynamo;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::plot::{self, Line};
use super::recorder::Recorder;
use super::report::{Report, millis, table, thousands};
use super::requests;
use super::rig::{Rig, TABLE};

/// How many requests come at once.
pub const SIMULTANEOUS: [usize; 8] = [1, 2, 4, 8, 16, 32, 64, 128];

/// What the requests are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scene {
    /// Equal Adds with duplicate check `Y`: one customer may come of them.
    EqualAdds,
    /// Adds of different customers that share their match code: each becomes a customer, and takes a seat in the block.
    SeatsOfOneBlock,
    /// Associations of one DCN with one customer: one may succeed.
    OneDcn,
}

impl Scene {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::EqualAdds, Self::SeatsOfOneBlock, Self::OneDcn];

    fn name(self) -> &'static str {
        match self {
            Self::EqualAdds => "equal Adds (Y)",
            Self::SeatsOfOneBlock => "different Adds (Y), one block",
            Self::OneDcn => "one DCN",
        }
    }

    fn request(self, identifier: &str, block: &str, index: usize) -> (&'static str, Value) {
        match self {
            Self::EqualAdds => ("/customers", requests::message("Y", "Julie", block)),
            Self::SeatsOfOneBlock => {
                let mut message = requests::message("Y", "Julie", block);
                message["CustSoldTo"]["cst_apt"] = format!("{index}").into();
                ("/customers", message)
            }
            Self::OneDcn => ("/dealer-customers", requests::associate_given(block, identifier)),
        }
    }
}

/// What came of some requests at once.
#[derive(Debug)]
pub struct Crowd {
    /// What they were about.
    pub scene: Scene,
    /// How many they were.
    pub requests: usize,
    /// How many calls the database saw.
    pub calls: usize,
    /// The most calls of one request.
    pub most_calls: usize,
    /// How often requests decided again, all together: their queries but the first.
    pub rounds: usize,
    /// The most rounds of one request.
    pub most_rounds: usize,
    /// How many answers had which status.
    pub statuses: BTreeMap<u16, usize>,
    /// From the first request to the last answer.
    pub took: Duration,
}

/// Measures every scene with every number of requests up to `most`.
///
/// # Errors
///
/// A sentence when the functions cannot be started.
pub async fn measure(most: usize) -> Result<Vec<Crowd>, String> {
    let rig = Arc::new(Rig::start().await?);
    let seed = requests::associate("SEED-1", "Acme Mining");
    let (created, _) = rig.measure(Method::POST, "/dealer-customers", Some(&seed), 201).await?;
    let identifier =
        created.body["customerOrganizationIdentifier"].as_str().unwrap_or_default().to_owned();
    let mut crowds = Vec::new();
    let mut block = 0;
    for scene in Scene::ALL {
        for requests in SIMULTANEOUS.into_iter().filter(|count| *count <= most) {
            block += 1;
            let name = requests::name(block);
            crowds.push(crowd(&rig, scene, requests, &identifier, &name).await?);
        }
    }
    Ok(crowds)
}

async fn crowd(
    rig: &Arc<Rig>,
    scene: Scene,
    requests: usize,
    identifier: &str,
    block: &str,
) -> Result<Crowd, String> {
    let gate = Arc::new(Barrier::new(requests + 1));
    let mut under_way = JoinSet::new();
    for index in 0..requests {
        let recorder = Recorder::start(rig.embedded.url()).await?;
        let controls = crate::controls::default();
        let standardizer = Standardizer::of(&controls);
        let table = Dynamo::new(Connection::to_emulator(&recorder.url()).client(), TABLE);
        // As in start-up: the connection is open before the first request.
        table.warm().await;
        drop(recorder.take());
        let process = Master::new(table, controls, standardizer);
        let (rig, gate) = (Arc::clone(rig), Arc::clone(&gate));
        let (path, body) = scene.request(identifier, block, index);
        under_way.spawn(async move {
            gate.wait().await;
            let answered = rig.send_to(&process, Method::POST, path, Some(&body)).await?;
            let calls = recorder.take();
            let queries = calls.iter().filter(|call| call.action == "Query").count();
            Ok::<_, String>((answered.status, calls.len(), queries.saturating_sub(1)))
        });
    }
    let started = Instant::now();
    gate.wait().await;
    let mut crowd = Crowd {
        scene,
        requests,
        calls: 0,
        most_calls: 0,
        rounds: 0,
        most_rounds: 0,
        statuses: BTreeMap::new(),
        took: Duration::ZERO,
    };
    for one in under_way.join_all().await {
        let (status, calls, rounds) = one?;
        crowd.calls += calls;
        crowd.most_calls = crowd.most_calls.max(calls);
        crowd.rounds += rounds;
        crowd.most_rounds = crowd.most_rounds.max(rounds);
        *crowd.statuses.entry(status).or_default() += 1;
    }
    crowd.took = started.elapsed();
    Ok(crowd)
}

/// The report of a measurement.
#[must_use]
pub fn report(crowds: &[Crowd]) -> Report {
    let per_request = |crowd: &Crowd, count: usize| count as f64 / crowd.requests as f64;
    let rows: Vec<Vec<String>> = crowds
        .iter()
        .map(|crowd| {
            let statuses: Vec<String> = crowd
                .statuses
                .iter()
                .map(|(status, count)| format!("{count} × {status}"))
                .collect();
            vec![
                crowd.scene.name().to_owned(),
                crowd.requests.to_string(),
                thousands(crowd.calls as u64),
                format!("{:.1}", per_request(crowd, crowd.calls)),
                crowd.most_calls.to_string(),
                format!("{:.1}", per_request(crowd, crowd.rounds)),
                crowd.most_rounds.to_string(),
                statuses.join(", "),
                millis(crowd.took),
            ]
        })
        .collect();
    let lines: Vec<Line> = Scene::ALL
        .into_iter()
        .map(|scene| Line {
            label: scene.name().to_owned(),
            points: crowds
                .iter()
                .filter(|crowd| crowd.scene == scene)
                .map(|crowd| (crowd.requests as f64, per_request(crowd, crowd.calls)))
                .collect(),
        })
        .collect();
    Report {
        name: "contention",
        title: "Simultaneous requests, each in a process of its own that has just started, for one block and for one DCN.".to_owned(),
        parts: vec![
            table(
                &["scene", "requests", "calls", "per request", "most", "rounds per request", "most", "outcomes", "all done, ms"],
                &rows,
            ),
            "A round is a further look at the block because a seat was taken meanwhile. The time is that of this machine's embedded database, which works one call after another.".to_owned(),
        ],
        plot: plot::lines(
            "Calls per request under contention",
            "simultaneous requests",
            "calls per request",
            &lines,
        ),
    }
}
