// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/operationrunner.h"

#include "model/commands/whendone.h"

#include <QJsonObject>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace interlock {

namespace {

constexpr auto kTakeEvery = 250ms;
/// Twenty a second: a server answers two hundred and thirty (FACTS 65), and logins of others come between.
constexpr auto kRestartEvery = 50ms;
/// A DISCONNECT comes 4 to 6 s after the kill (FACTS 29).
constexpr auto kPatience = 10s;

QString sessionText(const InstanceName &instance, qint64 generation, openvpn::ClientId cid)
{
    return SessionKey{instance, generation, cid.value}.toString();
}

QString reasonUntil(Timestamp until)
{
    return u"an operator refuses this common name until %1"_s.arg(until.toString());
}

Error notSeen()
{
    return {
        ErrorKind::BackendMismatch, u"the server took the command, but the session was not seen to end in time"_s, {}};
}

std::chrono::milliseconds patienceOf(const Operation &operation)
{
    const qint64 asked = operation.arguments[u"waitMilliseconds"_s].toInteger();
    return asked > 0 ? std::chrono::milliseconds(asked) : std::chrono::milliseconds(kPatience);
}

} // namespace

OperationRunner::OperationRunner(Operations &operations, const LeaseKeeper &lease, SessionRegistry &registry,
                                 SessionControl control, QObject *parent)
    : QObject(parent), m_operations(operations), m_lease(lease), m_registry(registry), m_control(std::move(control))
{
    connect(&m_takeTimer, &QTimer::timeout, this, &OperationRunner::take);
    connect(&m_restartTimer, &QTimer::timeout, this, &OperationRunner::restartNext);
}

void OperationRunner::start(const std::vector<Denial> &denials)
{
    m_denied.clear();
    for (const Denial &denial : denials)
        m_denied.insert_or_assign(denial.cn, denial.until);
    m_takeTimer.start(kTakeEvery);
}

void OperationRunner::stop(const QString &why)
{
    m_takeTimer.stop();
    m_restartTimer.stop();
    m_toRestart.clear();
    while (!m_jobs.empty())
        dropWatches(m_jobs.begin()->first, {ErrorKind::BackendUnavailable, why, {}});
}

std::optional<QString> OperationRunner::refusalOf(const CommonName &cn, Timestamp now) const
{
    const auto it = m_denied.find(cn);
    if (it == m_denied.end() || it->second <= now)
        return std::nullopt;
    return reasonUntil(it->second);
}

void OperationRunner::take()
{
    giveUp();
    if (m_isTaking || !m_lease.lease())
        return;
    m_isTaking = true;
    whenDone(m_operations.take(*m_lease.lease()), this, [this](const Expected<std::vector<Operation>> &operations) {
        m_isTaking = false;
        if (!operations)
            return; // the lease keeper notices
        for (const Operation &operation : *operations)
            run(operation);
    });
}

Expected<std::vector<openvpn::ClientId>> OperationRunner::targetsOf(const Operation &operation) const
{
    if (!operation.session && operation.arguments["pending"_L1].toBool()) {
        std::vector<openvpn::ClientId> pending;
        std::as_const(m_registry).forEach([&](const LiveSession &session) {
            if (isPendingUntilReconnect(session.fact))
                pending.push_back(session.cid);
        });
        std::ranges::sort(pending, {}, &openvpn::ClientId::value);
        return pending;
    }
    if (!operation.session) {
        std::vector<openvpn::ClientId> all =
            operation.cn ? m_registry.sessionsOf(*operation.cn) : std::vector<openvpn::ClientId>();
        for (const QJsonValue name : operation.arguments["cns"_L1].toArray()) {
            if (const auto cn = CommonName::parse(name.toString())) {
                const auto sessions = m_registry.sessionsOf(*cn);
                all.insert(all.end(), sessions.begin(), sessions.end());
            }
        }
        return all;
    }
    const openvpn::ClientId cid{operation.session->cid};
    if (operation.session->generation != m_generation || !m_registry.find(cid)) {
        return fail(ErrorKind::NotFound, u"there is no session %1 any more"_s.arg(operation.session->toString()),
                    {{u"session"_s, operation.session->toString()}});
    }
    return std::vector{cid};
}

void OperationRunner::run(const Operation &operation)
{
    const auto targets = targetsOf(operation);
    if (!targets)
        return finish(operation.id, fail(targets.error()));
    if (operation.kind == OperationKind::Probe && !targets->empty())
        return probe(operation, targets->front());
    const bool isDenial = operation.kind == OperationKind::Deny && operation.cn && operation.until;
    if (isDenial)
        m_denied.insert_or_assign(*operation.cn, *operation.until);
    if (targets->empty()) {
        // Nothing had to be done.
        if (isDenial || operation.arguments["pending"_L1].toBool())
            return finish(operation.id, QJsonObject{{u"sessions"_s, QJsonArray()}});
        return finish(operation.id, fail(ErrorKind::NotFound, u"it has no session here"_s));
    }
    m_jobs[operation.id].open = targets->size();
    for (const openvpn::ClientId cid : *targets) {
        watch(operation, cid);
        const auto reply = [this, id = operation.id](const Expected<void> &taken) {
            if (!taken)
                dropWatches(id, taken.error());
        };
        if (!isDenial && targets->size() > 1) {
            queueRestart(cid, EndReason::Killed);
            continue;
        }
        beginWatches(cid);
        say(cid, isDenial ? EndReason::Denied : EndReason::Killed);
        if (isDenial)
            m_control.refuse(cid, reasonUntil(*operation.until), reply);
        else
            m_control.restart(cid, reply);
    }
}

void OperationRunner::probe(const Operation &operation, openvpn::ClientId cid)
{
    if (!m_control.probe)
        return finish(operation.id, fail(ErrorKind::Unsupported, u"this process cannot probe"_s));
    const auto reply = [this, id = operation.id](const Expected<QJsonObject> &found) { finish(id, found); };
    m_control.probe(*m_registry.find(cid), reply);
}

void OperationRunner::watch(const Operation &operation, openvpn::ClientId cid)
{
    const LiveSession *session = m_registry.find(cid);
    Watch watch{operation.id, cid, session ? session->fact.cn : std::nullopt, {}, patienceOf(operation)};
    m_watches.push_back(std::move(watch));
}

void OperationRunner::beginWatches(openvpn::ClientId cid)
{
    for (Watch &watch : m_watches) {
        if (watch.cid == cid && !watch.since.isValid())
            watch.since.start();
    }
}

void OperationRunner::say(openvpn::ClientId cid, EndReason why) const
{
    if (m_control.because)
        m_control.because(cid, why);
}

void OperationRunner::queueRestart(openvpn::ClientId cid, EndReason why)
{
    if (std::ranges::find(m_toRestart, cid, &decltype(m_toRestart)::value_type::first) == m_toRestart.end())
        m_toRestart.emplace_back(cid, why);
    if (!m_restartTimer.isActive()) {
        m_restartTimer.start(kRestartEvery);
        restartNext();
    }
}

void OperationRunner::restartNext()
{
    if (m_toRestart.empty())
        return m_restartTimer.stop();
    const openvpn::ClientId cid = m_toRestart.front().first;
    const EndReason why = m_toRestart.front().second;
    m_toRestart.pop_front();
    if (!m_registry.find(cid))
        return;
    beginWatches(cid);
    say(cid, why);
    m_control.restart(cid, [this, cid](const Expected<void> &taken) {
        if (!taken)
            settle([cid](const Watch &watch) { return watch.cid == cid; }, u"refused"_s);
    });
}

template <typename Is>
void OperationRunner::settle(Is is, const QString &proof, const QJsonValue &returnedAs)
{
    std::vector<Watch> settled;
    std::erase_if(m_watches, [&](const Watch &watch) {
        if (!is(watch))
            return false;
        settled.push_back(watch);
        return true;
    });
    for (const Watch &watch : settled)
        prove(watch, proof, returnedAs);
}

void OperationRunner::sessionEnded(const LiveSession &session)
{
    settle([&](const Watch &watch) { return watch.cid == session.cid; }, u"disconnected"_s);
}

void OperationRunner::sessionAppeared(const LiveSession &session)
{
    const auto isReturn = [&](const Watch &watch) {
        return watch.since.isValid() && watch.cid != session.cid && watch.cn && watch.cn == session.fact.cn;
    };
    settle(isReturn, u"returned"_s, sessionText(session.fact.key.instance, m_generation, session.cid));
}

void OperationRunner::prove(const Watch &watch, const QString &proof, const QJsonValue &returnedAs)
{
    const auto job = m_jobs.find(watch.operation);
    if (job == m_jobs.end() || !m_lease.lease())
        return;
    const auto instance = InstanceName::parse(m_lease.lease()->name);
    job->second.proofs.append(
        QJsonObject{{u"session"_s, instance ? sessionText(*instance, m_generation, watch.cid) : QString()},
                    {u"proof"_s, proof},
                    {u"returnedAs"_s, returnedAs},
                    {u"milliseconds"_s, watch.since.isValid() ? watch.since.elapsed() : 0}});
    job->second.isProved = job->second.isProved || proof == u"disconnected"_s || proof == u"returned"_s;
    if (--job->second.open > 0)
        return;
    const QJsonObject result{{u"sessions"_s, job->second.proofs}};
    Error error = notSeen();
    error.payload = result;
    finish(watch.operation, job->second.isProved ? Expected<QJsonObject>(result) : fail(std::move(error)));
    m_jobs.erase(job);
}

void OperationRunner::giveUp()
{
    const auto isLate = [](const Watch &watch) {
        return watch.since.isValid() && std::chrono::milliseconds(watch.since.elapsed()) > watch.patience;
    };
    settle(isLate, u"notSeen"_s);
}

void OperationRunner::dropWatches(OperationId operation, const Error &why)
{
    std::erase_if(m_watches, [&](const Watch &watch) { return watch.operation == operation; });
    if (m_jobs.erase(operation) > 0)
        finish(operation, fail(why));
}

void OperationRunner::finish(OperationId id, const Expected<QJsonObject> &result)
{
    (void)m_operations.finish(id, result);
}

} // namespace interlock
