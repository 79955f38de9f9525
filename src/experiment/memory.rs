//! Memory of the process, where the system tells (Linux).

/// Resident memory now [bytes].
pub fn resident() -> Option<u64> {
    line("VmRSS:")
}

/// The largest resident memory since the process began [bytes].
pub fn peak() -> Option<u64> {
    line("VmHWM:")
}

fn line(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with(name))?;
    let kib = line.split_whitespace().nth(1)?.parse::<u64>().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn the_peak_holds_what_was_given_back() {
        let before = peak().expect("Linux tells");
        let size = before as usize + (64 << 20);
        assert_eq!(std::hint::black_box(vec![1u8; size])[size / 2], 1);
        let (now, most) = (resident().expect("Linux tells"), peak().expect("Linux tells"));
        assert!(
            most >= size as u64 && now < most,
            "{before} before, {now} now, {most} at most"
        );
    }
}
