// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/duration.h"
#include "app/interlockctl/livelookup.h"
#include "app/interlockctl/output.h"
#include "app/interlockctl/table.h"
#include "model/commands/sessionjson.h"

#include <QDeadlineTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QThread>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// How often `watch` looks.
constexpr unsigned long kWatchMilliseconds = 250;

struct SessionArgs
{
    std::optional<SessionKey> session;
    std::optional<CommonName> cn;
    std::optional<InstanceName> instance;
    std::optional<Address> ip;
    std::optional<Timestamp> from;
    std::optional<Timestamp> to;
    std::optional<int> limit;
    std::optional<Duration> duration;
};

void declareList(Arguments args, SessionArgs &a)
{
    args.optional("--instance", a.instance, "Only sessions of this instance", "NAME");
    args.optional("--cn", a.cn, "Only sessions of this connector", "CN");
}

void declareHistory(Arguments args, SessionArgs &a)
{
    args.optional("--cn", a.cn, "Only sessions of this connector", "CN");
    args.optional("--ip", a.ip, "Only sessions with this address: virtual of either family, or real", "ADDRESS");
    args.optional("--from", a.from, "Only sessions that lived then or later", "TIME");
    args.optional("--to", a.to, "Only sessions that had connected by then", "TIME");
    args.optional("--limit", a.limit, "At most this many, newest first (default 100)", "N");
}

void declareShow(Arguments args, SessionArgs &a)
{
    args.required("SESSION", a.session, "instance/generation/cid, as list shows it");
}

void declareWatch(Arguments args, SessionArgs &a)
{
    args.optional("--instance", a.instance, "Only sessions of this instance", "NAME");
    args.optional("--for", a.duration, "End after that time (default: when it is interrupted)", "DURATION");
}

template <typename T>
QString textOf(const std::optional<T> &value)
{
    return value ? value->toString() : u"-"_s;
}

QString orDash(const QString &text)
{
    return text.isEmpty() ? u"-"_s : text;
}

QJsonObject liveInstanceJson(const LiveInstance &live)
{
    QJsonObject object = instanceHealthJson(live.health);
    object.insert(u"owner"_s, live.owner ? QJsonValue(*live.owner) : QJsonValue(QJsonValue::Null));
    object.insert(u"publishedAt"_s, live.publishedAt.toString());
    return object;
}

/// What to know of instances that are not as they should be.
QStringList healthNotes(const LiveSnapshot &snapshot)
{
    QStringList notes;
    for (const LiveInstance &live : snapshot.instances) {
        const QString name = live.health.instance.toString();
        if (!live.owner)
            notes += u"%1: nobody owns it; this is what was seen at %2"_s.arg(name, live.publishedAt.toString());
        else if (!live.health.why.isEmpty())
            notes += u"%1: %2, %3"_s.arg(name, live.health.link, live.health.why);
    }
    return notes;
}

Expected<Answer> list(Session &session, const SessionArgs &a)
{
    return liveFacts(session, a.instance).map([&a](const LiveSnapshot &snapshot) {
        Table table({u"SESSION"_s, u"CN"_s, u"STATE"_s, u"ROUTES"_s, u"ADDRESS"_s, u"REAL ADDRESS"_s, u"SINCE"_s,
                     u"IN"_s, u"OUT"_s},
                    u"No session."_s);
        QJsonArray sessions;
        for (const SessionFact &fact : snapshot.sessions) {
            if (a.cn && fact.cn != a.cn)
                continue;
            sessions.append(sessionJson(fact));
            table.add({fact.key.toString(), textOf(fact.cn), enumText(fact.state), enumText(fact.routes),
                       textOf(fact.address), orDash(fact.realAddress), fact.connectedSince.toString(),
                       QString::number(fact.bytesIn), QString::number(fact.bytesOut)});
        }
        QJsonArray instances;
        for (const LiveInstance &live : snapshot.instances)
            instances.append(liveInstanceJson(live));
        return Answer{
            {{u"sessions"_s, sessions}, {u"instances"_s, instances}}, table.toString(), healthNotes(snapshot), 0};
    });
}

Expected<Answer> history(Session &session, const SessionArgs &a)
{
    if (a.limit && *a.limit < 1)
        return fail(ErrorKind::Invalid, u"--limit is at least 1"_s, {{u"argument"_s, u"--limit"_s}});
    const HistoryFilter filter{a.cn, a.ip, a.from, a.to, a.limit.value_or(100), {}};
    const auto rows =
        session.store().and_then([&](StoreHandle *store) { return Session::wait(store->live().history(filter)); });
    return rows.map([](const std::vector<SessionHistoryRow> &found) {
        Table table({u"SESSION"_s, u"CN"_s, u"ADDRESS"_s, u"REAL ADDRESS"_s, u"SINCE"_s, u"ENDED"_s, u"REASON"_s,
                     u"IN"_s, u"OUT"_s},
                    u"No such session."_s);
        QJsonArray sessions;
        for (const SessionHistoryRow &row : found) {
            sessions.append(sessionHistoryJson(row));
            table.add({row.key.toString(), textOf(row.cn), textOf(row.address), orDash(row.realAddress),
                       row.connectedSince.toString(), textOf(row.endedAt),
                       row.endReason ? enumText(*row.endReason) : u"-"_s, QString::number(row.bytesIn),
                       QString::number(row.bytesOut)});
        }
        return Answer{{{u"sessions"_s, sessions}}, table.toString(), {}, 0};
    });
}

QString prefixText(const std::vector<Prefix> &prefixes)
{
    QStringList texts;
    for (const Prefix &prefix : prefixes)
        texts += prefix.toString();
    return orDash(texts.join(u' '));
}

QString sessionText(const SessionFact &fact)
{
    QStringList lines{
        u"Session %1 of %2"_s.arg(fact.key.toString(), textOf(fact.cn)),
        u"state          %1 since %2"_s.arg(enumText(fact.state), fact.connectedSince.toString()),
        u"real address   %1"_s.arg(orDash(fact.realAddress)),
        u"address        %1 %2"_s.arg(textOf(fact.address), fact.address6 ? fact.address6->toString() : QString()),
        u"traffic        in %1, out %2 bytes"_s.arg(fact.bytesIn).arg(fact.bytesOut),
        u"client         %1 %2"_s.arg(orDash(fact.clientVersion), fact.platform),
        u"routes         %1%2"_s.arg(enumText(fact.routes),
                                     fact.waitingFor ? u" for "_s + fact.waitingFor->toString() : QString()),
        u"  declared     %1"_s.arg(prefixText(fact.declared)),
        u"  installed    %1"_s.arg(prefixText(fact.installed)),
    };
    for (const QString &line : fact.answer)
        lines += u"answered       "_s + line;
    for (const QString &alert : fact.alerts)
        lines += u"alert          "_s + alert;
    return lines.join(u'\n');
}

Expected<Answer> show(Session &session, const SessionArgs &a)
{
    const auto snapshot = liveFacts(session, a.session->instance);
    if (!snapshot)
        return fail(snapshot.error());
    return sessionIn(*snapshot, *a.session).map([&](const SessionFact &fact) {
        return Answer{sessionJson(fact), sessionText(fact), healthNotes(*snapshot), 0};
    });
}

/// \returns false when nobody reads any more
bool printEvents(const std::vector<SessionEvent> &events)
{
    return std::ranges::all_of(events, [](const SessionEvent &event) {
        return Output::line(QString::fromUtf8(QJsonDocument(sessionEventJson(event)).toJson(QJsonDocument::Compact)));
    });
}

Expected<Answer> watch(Session &session, const SessionArgs &a)
{
    auto before = liveFacts(session, a.instance);
    if (!before)
        return fail(before.error());
    const auto store = session.store();
    const QDeadlineTimer deadline =
        a.duration ? QDeadlineTimer(a.duration->length) : QDeadlineTimer(QDeadlineTimer::Forever);
    bool isRead = true;
    while (isRead && !deadline.hasExpired()) {
        QThread::msleep(kWatchMilliseconds);
        auto after = Session::wait((*store)->live().sessions(a.instance));
        if (!after)
            return fail(after.error());
        isRead = printEvents(sessionEvents(std::move(before->sessions), after->sessions, after->asOf));
        before = std::move(after);
    }
    Answer answer;
    answer.isPrinted = true;
    return answer;
}

} // namespace

void addSessionCommands(CommandTree &tree)
{
    CLI::App &group = tree.addGroup("session", "Who is connected, who was, and what is done about it");
    tree.addVerb<SessionArgs>(group, "list", "List the sessions of now", declareList, list);
    tree.addVerb<SessionArgs>(group, "history", "List sessions, newest first, also those that ended", declareHistory,
                              history);
    tree.addVerb<SessionArgs>(group, "show", "Show a session, what it was answered and what is installed", declareShow,
                              show);
    addSessionOrders(tree, group);
    tree.addVerb<SessionArgs>(group, "watch", "Print one line of JSON for each event", declareWatch, watch);
}

} // namespace interlock
