//! How long a server asks its caller to wait.

use crate::call::MAX_DURATION;
use http::{HeaderMap, StatusCode, header::RETRY_AFTER};
use std::time::{Duration, SystemTime};

/// When Ory Network's current rate limit window ends.
const RATE_LIMIT_RESET: &str = "x-ratelimit-reset";

/// Reads `Retry-After`, in seconds or as a date (RFC 9110 section 10.2.3), and, beside a 429, Ory
/// Network's `x-ratelimit-reset`. At most a day.
pub(crate) fn retry_after(
    status: StatusCode,
    headers: &HeaderMap,
    now: SystemTime,
) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let wait =
        text(RETRY_AFTER.as_str()).and_then(|text| seconds(text).or_else(|| until(text, now)));
    let reset = || {
        let reset = text(RATE_LIMIT_RESET).filter(|_| status == StatusCode::TOO_MANY_REQUESTS)?;
        let reset = seconds(reset)?;
        // A number of seconds, or the point in time as seconds since 1970.
        match reset < MAX_DURATION {
            true => Some(reset),
            false => Some(until_time(SystemTime::UNIX_EPOCH.checked_add(reset)?, now)),
        }
    };
    wait.or_else(reset).map(|wait| wait.min(MAX_DURATION))
}

/// Reads gRPC's `grpc-retry-pushback-ms`. One that is negative or no number asks not to try again at
/// all, which is the longest wait: no call has more time.
///
/// See <https://github.com/grpc/proposal/blob/master/A6-client-retries.md#pushback>.
pub(crate) fn grpc_retry_pushback(metadata: &HeaderMap) -> Option<Duration> {
    let value = metadata.get("grpc-retry-pushback-ms")?;
    let milliseconds = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    Some(milliseconds.map_or(MAX_DURATION, Duration::from_millis).min(MAX_DURATION))
}

/// Servers also send fractions, which the standard does not have.
fn seconds(text: &str) -> Option<Duration> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let seconds: f64 = text.parse().ok().filter(|_| plain)?;
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

fn until(date: &str, now: SystemTime) -> Option<Duration> {
    httpdate::parse_http_date(date).ok().map(|date| until_time(date, now))
}

fn until_time(time: SystemTime, now: SystemTime) -> Duration {
    time.duration_since(now).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn wait(status: u16, name: &'static str, value: &str) -> Option<Duration> {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_767);
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        retry_after(StatusCode::from_u16(status).unwrap(), &headers, now)
    }

    #[test]
    fn reads_every_form_that_servers_use() {
        let seconds = |seconds| Some(Duration::from_secs_f64(seconds));
        assert_eq!(wait(503, "retry-after", "3"), seconds(3.0));
        assert_eq!(wait(503, "retry-after", " 0.25 "), seconds(0.25));
        assert_eq!(wait(503, "retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"), seconds(10.0));
        assert_eq!(wait(503, "retry-after", "Sun, 06 Nov 1994 08:49:00 GMT"), seconds(0.0));
        assert_eq!(wait(503, "retry-after", "99999999999999999999"), Some(MAX_DURATION));
        assert_eq!(wait(429, "x-ratelimit-reset", "12"), seconds(12.0));
        assert_eq!(wait(429, "x-ratelimit-reset", "784111800"), seconds(33.0));
        assert_eq!(wait(503, "x-ratelimit-reset", "12"), None);
        for odd in ["", "-1", "soon", "1e3", "NaN", "inf", "."] {
            assert_eq!(wait(503, "retry-after", odd), None, "{odd}");
        }
    }

    #[test]
    fn reads_what_grpc_servers_ask() {
        let pushback = |value: &str| {
            let mut metadata = HeaderMap::new();
            metadata.insert("grpc-retry-pushback-ms", HeaderValue::from_str(value).unwrap());
            grpc_retry_pushback(&metadata)
        };
        assert_eq!(pushback("0"), Some(Duration::ZERO));
        assert_eq!(pushback("1500"), Some(Duration::from_millis(1_500)));
        for never in ["-1", "", "soon", "1.5", "99999999999999999999", "9999999999999"] {
            assert_eq!(pushback(never), Some(MAX_DURATION), "{never}");
        }
        assert_eq!(grpc_retry_pushback(&HeaderMap::new()), None);
    }
}
