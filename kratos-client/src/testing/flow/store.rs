//! The flows that are under way.

use super::{Flow, Kind};
use std::collections::{HashMap, VecDeque};

/// The number of flows that are kept.
const MAX_FLOWS: usize = 10_000;

/// The latest flows, by id. Expired ones are kept, too: Kratos tells them from unknown ones.
#[derive(Default)]
pub(in crate::testing) struct FlowStore {
    flows: HashMap<String, Flow>,
    ids: VecDeque<String>,
}

impl FlowStore {
    pub(in crate::testing) fn put(&mut self, flow: Flow) {
        if self.flows.contains_key(&flow.id) {
            self.flows.insert(flow.id.clone(), flow);
            return;
        }
        if self.ids.len() == MAX_FLOWS
            && let Some(oldest) = self.ids.pop_front()
        {
            self.flows.remove(&oldest);
        }
        self.ids.push_back(flow.id.clone());
        self.flows.insert(flow.id.clone(), flow);
    }

    pub(in crate::testing) fn get(&self, kind: Kind, id: &str) -> Option<&Flow> {
        self.flows.get(id).filter(|flow| flow.kind == kind)
    }
}
