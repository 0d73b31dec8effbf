//! PURE. Korean. Counts take 개; accounts and resources come before their number.

use model::words::Severity;

use super::{Catalogue, Locale};

pub static KO: Catalogue = Catalogue {
    locale: Locale::Ko,
    severity: |level| match level {
        Severity::Info => "정보",
        Severity::Warning => "주의",
        Severity::High => "높음",
        Severity::Critical => "위험",
    },
    weekdays: ["월", "화", "수", "목", "금", "토", "일"],

    open: "진행 중",
    upcoming: "예정",
    resolved: "해결됨",
    was: |severity| format!("이전 심각도 {severity}"),
    update: |number| format!("업데이트 {number}"),

    impaired: "영향 있음",
    pending: "조치 필요",
    unknown: "확인 안 됨",
    unimpaired: "정상",
    settled: "완료",

    action_required: "조치 필요",
    action_may_be_required: "조치가 필요할 수 있음",
    informational: "참고용",

    ours: "우리 영향",
    accounts: |n| format!("계정 {n}개"),
    notified: |n| format!("계정 {n}개에 통보"),
    notified_note: "AWS는 누구의 리소스가 영향을 받는지 밝히지 않습니다",
    unknown_account: "계정 표시 없음",
    owner: |owner| format!("담당 {owner}"),
    resources: |n| format!("리소스 {n}개"),
    regions: |n| format!("리전 {n}곳"),
    several_services: "여러 서비스",
    unknown_form: "형식을 알 수 없는 이벤트",
    account_label: "계정",
    security: "보안",
    impaired_count: |n| format!("영향 있음 {n}개"),
    of_resources: |n| format!(" / 리소스 {n}개"),
    occurrences: |n| format!("{n}회 발생"),
    most_resources: |names| format!("리소스가 많은 순: {names}"),

    started: "시작",
    reported: "신고 시각",
    sent: "발송",
    told: |time| format!("AWS 통보 {time}"),
    lasted: "지속 시간",
    scheduled_for: "예정 시각",
    act_by: "조치 기한",
    ends: |time| format!("{time}까지"),
    overdue: "기한 지남",
    no_time: "AWS가 시각을 알리지 않음",
    time_unclear: "AWS 표기 그대로",
    progress: "남은 조치",
    left: |left, all| format!("남은 리소스 {left}개 / 전체 {all}개"),
    done: |done, percent| format!("{done}개 완료 ({percent}%)"),
    all_done: |all| format!("리소스 {all}개 모두 완료"),
    days: |days| match days {
        0 => "D-day".to_owned(),
        1.. => format!("D-{days}"),
        _ => format!("D+{}", days.unsigned_abs()),
    },
    duration: |minutes| match minutes {
        ..1 => "1분 미만".to_owned(),
        1..60 => format!("{minutes}분"),
        60..1_440 => two(minutes / 60, "시간", minutes % 60, "분"),
        1_440..43_200 => two(minutes / 1_440, "일", minutes % 1_440 / 60, "시간"),
        _ => format!("{}일", minutes / 1_440),
    },
    ago: |duration| format!("{duration} 전"),
    in_time: |duration| format!("{duration} 후"),
    next_day: "다음 날",
    previous_day: "전날",

    what_happened: "내용",
    what_changed: "달라진 점",
    what_to_do: "무슨 일 · 할 일",
    last_word: "AWS의 마지막 설명",
    what_aws_says: "AWS 설명",
    what_it_says: "내용",
    details: "자세히",
    full_text: "나머지 본문",
    accounts_and_resources: "계정과 리소스",
    reference: "참조 정보",
    no_text: "읽을 수 있는 언어의 설명이 없습니다.",

    now_severity: |severity| format!("지금 {severity}"),
    now_status: |status| format!("지금 {status}"),
    now_accounts: |n| format!("지금 계정 {n}개"),
    now_resources: |n| format!("지금 리소스 {n}개"),
    new_deadline: "바뀐 날짜",
    status: "상태",
    severity_label: "심각도",
    deadline_unknown: "AWS가 날짜를 철회했습니다",

    open_health: "AWS Health에서 보기",
    runbook: "런북",
    more: "더 보기",
    aws_docs: "AWS 문서",
    aws_support: "AWS Support",
    aws_console: "AWS 콘솔",

    more_rows: |n| format!("… 외 {n}개"),
    text_cut: "… 본문이 여기서 잘렸습니다. 전체 내용은 AWS Health에 있습니다",

    late: |duration| format!("{duration} 늦게 도착한 알림입니다."),
    replayed: "새 알림이 아닙니다. 보관소에서 다시 보냈거나 하루가 지났습니다.",
    unknown_version: |version| format!("이 버전에서 알지 못하는 알림 형식(버전 {version})입니다."),
    redirected: |space| format!("“{space}”에 보내지 못해 이곳으로 왔습니다."),
    custom_source: |source| format!("사용자 정의 소스: {source}. AWS가 보낸 알림이 아닙니다."),

    event_label: "이벤트",
    type_label: "유형",
    communication_label: "커뮤니케이션",
    updated_label: "마지막 갱신",
    route_label: "경로",
    default_route: "기본 스페이스",
    rule_label: "심각도 규칙",
    config_label: "설정 버전",
    built_in: "내장",
    regions_label: "리전",
    source_label: "소스",
    why_label: "여기로 온 이유",
};

fn two(big: i64, big_unit: &str, small: i64, small_unit: &str) -> String {
    match small {
        0 => format!("{big}{big_unit}"),
        _ => format!("{big}{big_unit} {small}{small_unit}"),
    }
}
