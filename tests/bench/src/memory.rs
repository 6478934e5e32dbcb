//! What processes have in memory, as the kernel tells it.

use crate::Outcome;

/// The number of a line, such as `VmHWM:`, in a file below `/proc`.
pub fn kib(file: &str, line: &str) -> Outcome<u64> {
    let told = std::fs::read_to_string(file)?;
    let number = told.lines().find_map(|told| told.strip_prefix(line)?.trim().strip_suffix(" kB"));
    Ok(number.ok_or_else(|| format!("no {line} in {file}"))?.parse()?)
}
