//! Amounts of memory and processors, as people write them.

/// Bytes: `512`, `256K`, `256M`, `1G`, `256MiB`. Each unit is 1024 of the one before, as container engines count.
pub fn bytes(text: &str) -> Option<i64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text[digits.len()..].trim_end_matches('B').trim_end_matches('i');
    let power = match unit {
        "" => 0,
        "K" | "k" => 1,
        "M" | "m" => 2,
        "G" | "g" => 3,
        "T" | "t" => 4,
        _ => return None,
    };
    let number: i64 = digits.parse().ok().filter(|number| *number > 0)?;
    number.checked_mul(1024_i64.checked_pow(power)?)
}

/// Billionths of a processor: `2`, `0.25`.
pub fn nano_cpus(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 9 {
        return None;
    }
    let billionths: i64 = format!("{part:0<9}").parse().ok()?;
    let whole: i64 = whole.parse().ok()?;
    let all = whole.checked_mul(1_000_000_000)?.checked_add(billionths)?;
    (all > 0).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_reads_as_people_write_it() {
        assert_eq!(bytes("512"), Some(512));
        assert_eq!(bytes("256M"), Some(256 << 20));
        assert_eq!(
            (bytes("1GiB"), bytes("1g"), bytes("64kB")),
            (Some(1 << 30), Some(1 << 30), Some(64 << 10))
        );
        for wrong in ["", "M", "-1M", "1.5G", "9999999999T", "1 M", "0", "1X"] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn processors_are_exact() {
        assert_eq!(nano_cpus("0.25"), Some(250_000_000));
        assert_eq!(nano_cpus("2"), Some(2_000_000_000));
        assert_eq!(nano_cpus("0.000000001"), Some(1));
        for wrong in [
            "",
            "0",
            "0.0",
            ".5",
            "1.",
            "1e3",
            "-1",
            "0.0000000001",
            "99999999999999999999",
        ] {
            assert_eq!(nano_cpus(wrong), None, "{wrong}");
        }
    }
}
