//! PURE. What to do first when it is about security, in the order of doing. Short: a runbook
//! says more, and knows the house.

use model::alert::EventFacts;

use super::Locale;

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Says(&'static str),
    /// Said around the name of the resource, or without it where there are several.
    OnResource {
        before: &'static str,
        after: &'static str,
        without: &'static str,
    },
}

/// Nothing for what is no security event we know how to begin with.
pub fn of(event: &EventFacts, locale: Locale) -> Option<&'static [Step]> {
    let code = event.type_code.as_str();
    let content = ["CONTENT", "COPYRIGHT", "DMCA", "PHISHING"].iter().any(|c| code.contains(c));
    Some(match (event.service.as_str(), locale) {
        ("ABUSE", Locale::En) if content => CONTENT_EN,
        ("ABUSE", Locale::Ko) if content => CONTENT_KO,
        ("ABUSE", Locale::En) => ABUSE_EN,
        ("ABUSE", Locale::Ko) => ABUSE_KO,
        ("RISK", Locale::En) => RISK_EN,
        ("RISK", Locale::Ko) => RISK_KO,
        _ => return None,
    })
}

const ABUSE_EN: &[Step] = &[
    Step::OnResource {
        before: "Isolate ",
        after: ": a security group without rules, no termination yet",
        without: "Isolate the reported resources: a security group without rules, no termination yet",
    },
    Step::Says("Snapshot its volumes, keep its logs"),
    Step::Says("Rotate the credentials of its role and whatever it could read"),
    Step::Says("Answer the abuse report by e-mail: what you found, what you did"),
];
const ABUSE_KO: &[Step] = &[
    Step::OnResource {
        before: "",
        after: " 격리: 규칙 없는 보안 그룹으로 옮기고 아직 종료하지 않기",
        without: "신고된 리소스 격리: 규칙 없는 보안 그룹으로 옮기고 아직 종료하지 않기",
    },
    Step::Says("볼륨 스냅샷을 뜨고 로그 보존하기"),
    Step::Says("역할의 자격 증명과 접근할 수 있던 비밀 값 교체하기"),
    Step::Says("확인한 내용과 조치한 내용을 신고 메일에 회신하기"),
];
const CONTENT_EN: &[Step] = &[
    Step::OnResource {
        before: "Find the reported content on ",
        after: " and take it offline",
        without: "Find the reported content and take it offline",
    },
    Step::Says("Keep a copy and the access logs"),
    Step::Says("Answer the abuse report by e-mail: what you found, what you did"),
];
const CONTENT_KO: &[Step] = &[
    Step::OnResource {
        before: "",
        after: "에서 신고된 콘텐츠를 찾아 내리기",
        without: "신고된 콘텐츠를 찾아 내리기",
    },
    Step::Says("사본과 접근 로그 보존하기"),
    Step::Says("확인한 내용과 조치한 내용을 신고 메일에 회신하기"),
];
const RISK_EN: &[Step] = &[
    Step::OnResource {
        before: "Deactivate ",
        after: " now, and create a new key where one is needed",
        without: "Deactivate the exposed keys now, and create new ones where needed",
    },
    Step::Says("Look in CloudTrail for what was done with it, in every Region"),
    Step::Says("Remove users, roles, instances and functions you do not know"),
    Step::Says("Take the key out of the place it leaked from, then answer AWS's support case"),
];
const RISK_KO: &[Step] = &[
    Step::OnResource {
        before: "",
        after: " 바로 비활성화하고, 필요하면 새 키 만들기",
        without: "노출된 키를 바로 비활성화하고, 필요하면 새 키 만들기",
    },
    Step::Says("CloudTrail에서 모든 리전의 사용 기록 확인하기"),
    Step::Says("모르는 사용자·역할·인스턴스·함수 지우기"),
    Step::Says("키가 새어 나간 곳에서 키를 지우고 AWS 지원 사례에 회신하기"),
];
