// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/sessionorder.h"

#include "app/interlockctl/livelookup.h"
#include "app/interlockctl/output.h"

#include <QDeadlineTimer>
#include <QJsonArray>
#include <QThread>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// How often it is looked whether an operation is finished.
constexpr unsigned long kPauseMilliseconds = 100;

bool isProof(const QString &proof)
{
    return proof == "disconnected"_L1 || proof == "returned"_L1;
}

/// Whom it is about, in words.
QString subjectOf(const Order &order)
{
    const Operation &operation = order.operation;
    if (operation.session)
        return operation.session->toString();
    const QString instance = operation.instance.toString();
    if (operation.cn)
        return operation.cn->toString() + u" on "_s + instance;
    return u"%1 sessions on %2"_s.arg(order.sessions ? order.sessions->size() : 0).arg(instance);
}

QString probeText(const QJsonObject &result)
{
    const QString target = result["target"_L1].toString();
    const QString outcome = result["outcome"_L1].toString();
    const qint64 took = result["milliseconds"_L1].toInteger();
    QString text = u"%1 did not answer within %2 ms."_s.arg(target).arg(took);
    if (outcome == "reached"_L1)
        text = u"%1 answered after %2 ms."_s.arg(target).arg(took);
    else if (outcome == "answered"_L1)
        text =
            u"%1 was asked, and %2 answered after %3 ms."_s.arg(target, result["answeredBy"_L1].toString()).arg(took);
    return text + u" That does not prove which site it is."_s;
}

/// What was seen to happen, a line each.
QString resultText(OperationKind kind, const QJsonObject &result)
{
    if (kind == OperationKind::Probe)
        return result.contains("outcome"_L1) ? probeText(result) : QString();
    QStringList lines;
    for (const QJsonValue each : result["sessions"_L1].toArray()) {
        const QString proof = each["proof"_L1].toString();
        QString what = u"not seen to end in time"_s;
        if (proof == "returned"_L1)
            what = u"returned as "_s + each["returnedAs"_L1].toString();
        else if (proof == "disconnected"_L1)
            what = proof;
        else if (proof == "refused"_L1)
            what = u"the server did not take the command"_s;
        const qint64 took = each["milliseconds"_L1].toInteger();
        lines += u"  %1: %2 after %3 ms"_s.arg(each["session"_L1].toString(), what).arg(took);
    }
    return lines.join(u'\n');
}

} // namespace

bool isOver(const OperationState &state)
{
    return state.progress == OperationProgress::Done || state.progress == OperationProgress::Failed;
}

bool isPartlyDone(const OperationState &state)
{
    const QJsonArray sessions = state.result["sessions"_L1].toArray();
    return state.progress == OperationProgress::Done &&
           std::ranges::any_of(sessions, [](const QJsonValue &each) { return !isProof(each["proof"_L1].toString()); });
}

QJsonObject orderJson(const Order &order)
{
    const Operation &operation = order.operation;
    QJsonObject object{
        {u"operation"_s, order.state ? QJsonValue(order.state->id.value) : QJsonValue()},
        {u"kind"_s, enumText(operation.kind)},
        {u"instance"_s, operation.instance.toString()},
        {u"session"_s, operation.session ? QJsonValue(operation.session->toString()) : QJsonValue()},
        {u"cn"_s, operation.cn ? QJsonValue(operation.cn->toString()) : QJsonValue()},
        {u"owner"_s, order.owner},
        {u"state"_s, order.state ? QJsonValue(enumText(order.state->progress)) : QJsonValue()},
        {u"result"_s, order.state && order.state->progress == OperationProgress::Done ? QJsonValue(order.state->result)
                                                                                      : QJsonValue()},
        {u"journal"_s, QJsonValue()}, // what happens to a session is no edit: not journalled, not undone
    };
    if (order.state && order.state->error)
        object.insert(u"error"_s, errorJson(*order.state->error));
    if (operation.until)
        object.insert(u"until"_s, operation.until->toString());
    if (order.sessions)
        object.insert(u"sessions"_s, QJsonArray::fromStringList(*order.sessions));
    return object;
}

QString orderText(const Order &order)
{
    const Operation &operation = order.operation;
    const QString what = u"%1 of %2"_s.arg(enumText(operation.kind), subjectOf(order));
    if (!order.state)
        return u"Dry run: %1 would be asked for the %2."_s.arg(order.owner, what);
    switch (order.state->progress) {
    case OperationProgress::Done:
        return (u"Operation %1, the %2, is done."_s.arg(order.state->id.value).arg(what) + u'\n' +
                resultText(operation.kind, order.state->result))
            .trimmed();
    case OperationProgress::Failed:
        return u"Operation %1, the %2, has failed: %3."_s.arg(order.state->id.value)
            .arg(what, order.state->error ? order.state->error->detail : QString());
    default:
        return u"%1 was asked for the %2: operation %3, %4."_s.arg(order.owner, what)
            .arg(order.state->id.value)
            .arg(enumText(order.state->progress));
    }
}

Expected<void> place(Session &session, Order &order, const std::optional<Duration> &wait)
{
    const auto store = session.store();
    if (!store)
        return fail(store.error());
    const auto id = Session::wait((*store)->operations().request(order.operation));
    if (!id)
        return fail(id.error());
    order.state = OperationState{*id};
    const QDeadlineTimer deadline(wait ? wait->length : std::chrono::milliseconds(0));
    while (!isOver(*order.state) && !deadline.hasExpired()) {
        auto state = Session::wait((*store)->operations().state(*id));
        if (!state)
            return fail(state.error());
        order.state = *std::move(state);
        if (!isOver(*order.state))
            QThread::msleep(kPauseMilliseconds);
    }
    return {};
}

namespace {

/// Waited for in vain: it may yet be done, which is neither done nor refused.
Expected<Answer> answerOf(const Order &order, bool wasWaitedFor)
{
    if (order.state && order.state->error) {
        Error error = *order.state->error;
        error.payload.insert(u"operation"_s, order.state->id.value);
        return fail(std::move(error));
    }
    const bool isOpen = order.state && !isOver(*order.state);
    const bool isPartial = order.state && isPartlyDone(*order.state);
    return Answer{orderJson(order), orderText(order), {}, (wasWaitedFor && isOpen) || isPartial ? 3 : 0};
}

} // namespace

Expected<Answer> carryOut(Session &session, Order order, const std::optional<Duration> &wait, bool isDryRun)
{
    if (!isDryRun) {
        if (const auto done = place(session, order, wait); !done)
            return fail(done.error());
    }
    return answerOf(order, wait.has_value());
}

Expected<Order> orderFor(Session &session, OperationKind kind, const SessionKey &key)
{
    auto owner = ownerOf(session, key.instance);
    if (!owner)
        return fail(owner.error());
    const auto snapshot = liveFacts(session, key.instance);
    if (!snapshot)
        return fail(snapshot.error());
    return sessionIn(*snapshot, key).map([&](const SessionFact &fact) {
        Operation operation{{}, kind, key.instance};
        operation.session = key;
        operation.cn = fact.cn;
        operation.actor = session.actor();
        return Order{std::move(operation), *std::move(owner), {}};
    });
}

} // namespace interlock
