use std::collections::BTreeMap;

use function::Secret;
use model::ids::{AlertId, SpaceName};

use super::{Fault, Hosts, WebhookUrl, read_all};

const GOOD: &str = "https://chat.googleapis.com/v1/spaces/AAQA/messages?key=k3y&token=t0k%3Dn";

fn parse(text: &str, hosts: Hosts) -> Result<Secret<WebhookUrl>, Fault> {
    let secret = Secret::new(text.to_owned());
    WebhookUrl::parse(&SpaceName::from("ops"), &secret, hosts).map_err(|wrong| wrong.fault)
}

fn fingerprint(text: &str) -> String {
    parse(text, Hosts::Google).unwrap().expose().fingerprint().as_str().to_owned()
}

#[test]
fn only_webhooks_of_google_are_taken_unless_loopback_is_asked_for() {
    use Fault::{ForeignHost, NoKey, NoToken, NotAUrl, NotHttps, Path, UserInfo};
    let at = |origin: &str| format!("{origin}/v1/spaces/A/messages?key=k&token=t");
    let google = at("https://chat.googleapis.com");
    // (url, in production, on one machine)
    let rows = [
        (google.clone(), Ok(()), Ok(())),
        (format!(" {google}\n"), Ok(()), Ok(())),
        (at("https://chat.googleapis.com:443"), Ok(()), Ok(())),
        (at("https://CHAT.googleapis.com"), Ok(()), Ok(())),
        (at("http://127.0.0.1:8080"), Err(NotHttps), Ok(())),
        (at("http://localhost:8080"), Err(NotHttps), Ok(())),
        (at("http://[::1]:8080"), Err(NotHttps), Ok(())),
        (at("https://127.0.0.1:8080"), Err(ForeignHost), Ok(())),
        (at("http://chat.googleapis.com"), Err(NotHttps), Err(NotHttps)),
        (at("http://10.0.0.1"), Err(NotHttps), Err(NotHttps)),
        (at("http://169.254.169.254"), Err(NotHttps), Err(NotHttps)),
        (at("http://localhost.evil.example"), Err(NotHttps), Err(NotHttps)),
        (at("https://chat.googleapis.com.evil.example"), Err(ForeignHost), Err(ForeignHost)),
        (at("https://chat.googleapis.com:8443"), Err(ForeignHost), Err(ForeignHost)),
        (at("https://u:p@chat.googleapis.com"), Err(UserInfo), Err(UserInfo)),
        (at("https://chat.googleapis.com@evil.example"), Err(ForeignHost), Err(ForeignHost)),
        (google.replace("/v1/", "/v2/"), Err(Path), Err(Path)),
        (google.replace("/A/", "//"), Err(Path), Err(Path)),
        (google.replace("/A/", "/A/members/"), Err(Path), Err(Path)),
        (google.replace("key=k&", ""), Err(NoKey), Err(NoKey)),
        (google.replace("token=t", "token="), Err(NoToken), Err(NoToken)),
        ("ftp://chat.googleapis.com".to_owned(), Err(NotHttps), Err(NotHttps)),
        ("chat.googleapis.com".to_owned(), Err(NotAUrl), Err(NotAUrl)),
        (String::new(), Err(NotAUrl), Err(NotAUrl)),
    ];
    for (url, production, one_machine) in rows {
        assert_eq!(parse(&url, Hosts::Google).map(drop), production, "{url}");
        assert_eq!(parse(&url, Hosts::GoogleOrLoopback).map(drop), one_machine, "{url}");
    }
}

#[test]
fn a_request_keeps_key_and_token_and_nothing_else_of_the_configured_query() {
    let pasted = format!("{GOOD}&threadKey=x&messageReplyOption=REPLY_MESSAGE_OR_FAIL&a=b#c");
    let webhook = parse(&pasted, Hosts::Google).unwrap();
    let url = webhook.expose().request(&AlertId::from("id-1"));
    assert_eq!(
        url.expose().as_str(),
        "https://chat.googleapis.com/v1/spaces/AAQA/messages?key=k3y&token=t0k%3Dn\
         &messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD&requestId=id-1"
    );
}

#[test]
fn a_fingerprint_changes_with_the_webhook_and_with_nothing_else() {
    let own = fingerprint(GOOD);
    assert_eq!(own.len(), 12);
    assert_eq!(fingerprint(&format!("{GOOD}&threadKey=x")), own);
    for other in [GOOD.replace("k3y", "key"), GOOD.replace("t0k", "tok"), GOOD.replace("AAQA", "B")]
    {
        assert_ne!(fingerprint(&other), own, "{other}");
    }
}

#[test]
fn everything_wrong_is_told_at_once_by_space_and_never_by_url() {
    let configured: BTreeMap<SpaceName, Secret<String>> =
        [("leads", "https://evil.example/hunter2"), ("ops", GOOD), ("payments", "hunter2")]
            .map(|(space, url)| (space.into(), Secret::new(url.to_owned())))
            .into();
    let faults = read_all(&configured, Hosts::Google).err().unwrap();
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "the webhook of space leads is not at chat.googleapis.com",
            "the webhook of space payments is not a URL"
        ]
    );
    assert!(!format!("{faults:?}").contains("hunter2"));
}
