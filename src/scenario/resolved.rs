//! The scenario written out in full, so that a run can be repeated from it alone.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::{ActiveLever, Metrics, ParamInfo, Reference, Regions, Scenario};
use crate::base::spanned::{float, quote, quote_lines};

fn short_hash(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

impl Scenario {
    /// A TOML text with every value that loads to this same scenario.
    pub fn resolved_toml(&self) -> String {
        let mut text = String::from("# Every value of a run: load this file to repeat it.\n\n");
        line(&mut text, "name", &quote(&self.name));
        self.write_run(&mut text, &self.world);
        text.push_str("\n[levers]\n");
        for active in &self.levers {
            line(&mut text, &active.lever.id, &switch(active));
        }
        if !self.user_levers.is_empty() {
            text.push_str("\n[user_levers]\n");
            for lever in &self.user_levers {
                line(&mut text, &lever.id, &quote_lines(&lever.text));
            }
        }
        let mut section = "";
        for info in &self.params {
            let (head, field) = info.key.rsplit_once('.').unwrap_or(("", &info.key));
            if head != section {
                section = head;
                let _ = write!(text, "\n[{section}]\n");
            }
            let _ = writeln!(text, "{field} = {}{}", value(info), comment(info));
        }
        text
    }

    /// As [`Scenario::hash8`], of what decides the burn-in alone: parameters, base law, data, scale and length.
    pub fn economy_hash8(&self) -> String {
        let world = format!("{} {}", self.world_name(), self.data);
        let mut text = format!("{world} {} {}\n", self.scale, self.burn_in);
        for info in &self.params {
            line(&mut text, &info.key, &info.value.to_toml());
        }
        short_hash(&text)
    }

    /// The first eight hexadecimal digits of the SHA-256 of everything that decides the results and what is written.
    ///
    /// The name, comments and sources do not count; the rules that active levers move and the data of the world do.
    pub fn hash8(&self) -> String {
        self.hash8_with("")
    }

    /// As [`Scenario::hash8`], of what else was asked as well.
    pub fn hash8_with(&self, asked: &str) -> String {
        let mut text = String::new();
        self.write_run(&mut text, &format!("{} {}", self.world_name(), self.data));
        for active in &self.levers {
            line(&mut text, &active.lever.id, &switch(active));
            for mv in &active.lever.moves {
                line(&mut text, &mv.key, &float(mv.target));
            }
        }
        for info in &self.params {
            line(&mut text, &info.key, &info.value.to_toml());
        }
        text.push_str(asked);
        short_hash(&text)
    }

    /// A setting of a lever that is on, such as `levers.land_leasing.from`, as TOML; `None` where it has none.
    pub fn lever_setting(&self, key: &str) -> Option<String> {
        let (id, setting) = key.strip_prefix("levers.")?.rsplit_once('.')?;
        let active = self.levers.iter().find(|active| active.lever.id == id)?;
        match setting {
            "from" => Some(quote(&active.from.to_string())),
            "until" => Some(quote(&active.until?.to_string())),
            "phase_in" => Some(active.phase_in.to_string()),
            "intensity" => Some(float(active.intensity)),
            _ => None,
        }
    }

    /// Name of the world: of a folder, its last part, so that nothing depends on where it stands.
    pub fn world_name(&self) -> &str {
        self.world.rsplit(['/', '\\']).next().unwrap_or(&self.world)
    }

    fn write_run(&self, text: &mut String, world: &str) {
        line(text, "world", &quote(world));
        line(text, "start", &quote(&self.start.to_string()));
        line(text, "quarters", &self.quarters.to_string());
        line(text, "burn_in", &self.burn_in.to_string());
        line(text, "scale", &self.scale.to_string());
        let reference = match self.reference {
            Reference::None => "none",
            Reference::Baseline => "baseline",
        };
        line(text, "reference", &quote(reference));
        let seeds: Vec<String> = self.seeds.iter().map(u64::to_string).collect();
        line(text, "seeds", &format!("[{}]", seeds.join(", ")));
        text.push_str("\n[output]\n");
        let regions = match &self.output.regions {
            Regions::All => quote("all"),
            Regions::Total => quote("total"),
            Regions::Only(list) => quote_list(list),
        };
        line(text, "regions", &regions);
        let metrics = match &self.output.metrics {
            Metrics::All => quote("all"),
            Metrics::Only(list) => quote_list(list),
        };
        line(text, "metrics", &metrics);
        line(text, "micro", &format!("{{ every = {} }}", self.output.micro_every));
        text.push_str(&self.estimate_lines());
    }
}

fn line(text: &mut String, key: &str, value: &str) {
    text.push_str(key);
    text.push_str(" = ");
    text.push_str(value);
    text.push('\n');
}

fn quote_list(list: &[String]) -> String {
    let items: Vec<String> = list.iter().map(|item| quote(item)).collect();
    format!("[{}]", items.join(", "))
}

fn switch(active: &ActiveLever) -> String {
    let mut text = format!("{{ from = \"{}\", ", active.from);
    if let Some(until) = active.until {
        let _ = write!(text, "until = \"{until}\", ");
    }
    let regions = match active.regions.as_slice() {
        [] => quote("all"),
        list => quote_list(list),
    };
    let intensity = float(active.intensity);
    let _ = write!(
        text,
        "phase_in = {}, regions = {regions}, intensity = {intensity} }}",
        active.phase_in
    );
    text
}

/// The value; with grade and source where the scenario states its own.
fn value(info: &ParamInfo) -> String {
    let value = info.value.to_toml();
    if info.restated {
        format!(
            "{{ value = {value}, grade = {}, source = {} }}",
            quote(&info.grade),
            quote(&info.source)
        )
    } else {
        value
    }
}

fn comment(info: &ParamInfo) -> String {
    let parts = [info.unit.as_str(), info.meaning.as_str()];
    let words: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let words: String = words
        .join("; ")
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if words.is_empty() {
        words
    } else {
        format!("  # {words}")
    }
}
