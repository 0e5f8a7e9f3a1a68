// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/instanceengine.h"

#include "model/commands/whendone.h"
#include "model/engine/logvalue.h"
#include "model/engine/routejudge.h"
#include "model/rules/managementendpoint.h"

#include <QFile>
#include <QLoggingCategory>
#include <QRandomGenerator>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace interlock {

namespace {

Q_LOGGING_CATEGORY(logEngine, "interlock.engine")

constexpr auto kJudgeAfter = 50ms;
/// Events tell everything as long as none is lost; MACs in a status are news each time (FACTS 55).
constexpr auto kStatusEvery = 60s;
constexpr auto kStatusEveryTap = 5s;
/// A client gives up after 60 s and asks again by itself (FACTS 31).
constexpr auto kWaitingAtMost = 65s;
constexpr auto kSecondLook = 1s;
/// A run that the store could not number is offered again.
constexpr auto kNumberAgain = 1s;

const char *text(const InstanceName &name, QByteArray &buffer)
{
    buffer = name.toString().toUtf8();
    return buffer.constData();
}

QString runText(const openvpn::ServerRun &run)
{
    return u"%1/%2"_s.arg(run.pid).arg(run.since.milliseconds());
}

Expected<QByteArray> readPassword(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return fail(ErrorKind::BackendUnavailable,
                    u"the password file %1 cannot be read: %2"_s.arg(path, file.errorString()));
    }
    QByteArray line = file.readLine(4096);
    while (line.endsWith('\n') || line.endsWith('\r'))
        line.chop(1);
    return line;
}

} // namespace

InstanceEngine::InstanceEngine(InstanceName instance, const EnginePorts &ports, TopologyMirror &mirror,
                               EngineOptions options, QObject *parent)
    : QObject(parent), m_instance(std::move(instance)), m_ports(ports), m_mirror(mirror), m_options(std::move(options)),
      m_registry(m_instance),
      m_lease(ports.leases, LeaseKind::Instance, m_instance.toString(), m_options.holder, m_options.leaseTimes),
      m_handler(ports.gateway, mirror, ports.clock, m_options.actor),
      m_publisher(m_instance, ports.live, m_lease, m_registry, ports.clock),
      m_operations(ports.operations, m_lease, m_registry,
                   {[this](openvpn::ClientId cid, const SessionControl::Reply &reply) { restart(cid, reply); },
                    [this](openvpn::ClientId cid, const QString &reason, const SessionControl::Reply &reply) {
                        const LiveSession *session = m_registry.find(cid);
                        if (session && session->kid)
                            refuse(cid, *session->kid, reason, reply);
                        else
                            restart(cid, reply); // it asks again, and is refused then
                    }})
{
    connect(&m_lease, &LeaseKeeper::acquired, this, &InstanceEngine::takeOver);
    connect(&m_lease, &LeaseKeeper::lost, this, &InstanceEngine::leave);
    connect(&m_lease, &LeaseKeeper::confirmed, this, [this] {
        for (const openvpn::ClientId cid : std::exchange(m_unanswered, {}))
            answer(cid);
    });
    connect(&m_lease, &LeaseKeeper::heldByOther, this, [this](const QString &holder) {
        QByteArray name;
        qCInfo(logEngine, "instance=%s held by %s", text(m_instance, name), quoted(holder).constData());
        Q_EMIT healthChanged();
    });
    m_judgeTimer.setSingleShot(true);
    m_judgeTimer.setInterval(kJudgeAfter);
    connect(&m_judgeTimer, &QTimer::timeout, this, &InstanceEngine::judgeAll);
    connect(&m_statusTimer, &QTimer::timeout, this, [this] {
        if (m_client && m_client->state() == openvpn::LinkState::Ready)
            m_client->requestStatus();
    });
}

InstanceEngine::~InstanceEngine()
{
    m_client.reset(); // its replies name members
}

const InstanceRow *InstanceEngine::row() const
{
    return m_mirror.isLoaded() ? m_mirror.topology().find<InstanceRow>(m_instance) : nullptr;
}

void InstanceEngine::start()
{
    rowsReplaced();
    m_lease.start();
}

void InstanceEngine::stop()
{
    dropLink(u"this process ends"_s);
    m_lease.stop();
}

// --- lease and link

void InstanceEngine::takeOver()
{
    QByteArray name;
    qCInfo(logEngine, "instance=%s lease epoch=%lld", text(m_instance, name),
           static_cast<long long>(m_lease.lease()->epoch));
    const quint64 run = ++m_run;
    m_published.clear();
    m_isNumbered = true; // until a run begins
    wipeMacs();
    // What an earlier owner showed first, then the number of its run, then the denials in force; each may fail without
    // harm to the clients that wait.
    whenDone(m_ports.live.sessions(m_instance), this, [this, run](const Expected<LiveSnapshot> &snapshot) {
        if (snapshot) {
            for (const SessionFact &fact : snapshot->sessions)
                m_published.insert_or_assign(fact.key.cid, fact);
        }
        whenDone(m_ports.live.lastGeneration(m_instance), this, [this, run](const Expected<Generation> &last) {
            m_lastGeneration = last.value_or(Generation());
            std::erase_if(m_published,
                          [this](const auto &entry) { return entry.second.key.generation != m_lastGeneration.number; });
            whenDone(m_ports.operations.denials(m_instance), this,
                     [this, run](const Expected<std::vector<Denial>> &denials) {
                         if (run != m_run || !m_lease.lease())
                             return;
                         m_operations.start(denials.value_or(std::vector<Denial>()));
                         startLink();
                     });
        });
    });
}

void InstanceEngine::leave(const QString &why)
{
    QByteArray name;
    qCWarning(logEngine, "instance=%s lease lost why=%s", text(m_instance, name), quoted(why).constData());
    dropLink(why);
    Q_EMIT healthChanged();
}

void InstanceEngine::dropLink(const QString &why)
{
    ++m_run;
    m_operations.stop(why);
    m_statusTimer.stop();
    if (m_client)
        m_client->stop();
    m_client.reset();
    m_registry.clear();
    m_waiting.clear();
    m_unanswered.clear();
    m_lastGeneration = {};
}

std::optional<openvpn::LinkOptions> InstanceEngine::linkOptions()
{
    const InstanceRow *instance = row();
    if (!instance)
        return std::nullopt;
    const auto endpoint = ManagementEndpoint::parse(instance->management);
    if (!endpoint)
        return std::nullopt; // the command that writes the row refuses such a text
    openvpn::LinkOptions options;
    options.endpoint = {endpoint->host(), endpoint->port(), endpoint->path()};
    options.times = m_options.times;
    options.random = [] { return QRandomGenerator::global()->generateDouble(); };
    if (!instance->passwordFile.isEmpty())
        options.password = [path = instance->passwordFile] { return readPassword(path); };
    m_management = instance->management + u'\n' + instance->passwordFile;
    return options;
}

void InstanceEngine::startLink()
{
    auto options = linkOptions();
    if (!options)
        return;
    m_client = std::make_unique<openvpn::ManagementClient>(std::move(*options));
    using openvpn::ManagementClient;
    connect(m_client.get(), &ManagementClient::stateChanged, this, &InstanceEngine::updateHealth);
    connect(m_client.get(), &ManagementClient::generationBegan, this,
            [this](const openvpn::ServerRun &run) { beginRun(run); });
    connect(m_client.get(), &ManagementClient::eventReceived, this, &InstanceEngine::receive);
    connect(m_client.get(), &ManagementClient::statusReceived, this, &InstanceEngine::readStatus);
    m_statusTimer.start(row()->mode == DeviceMode::Tap ? kStatusEveryTap : kStatusEvery);
    m_client->start();
}

void InstanceEngine::updateHealth()
{
    InstanceHealth health = m_publisher.health();
    const QString link = m_client ? openvpn::nameOf(m_client->state()) : u"stopped"_s;
    if (link != health.link) {
        health.since = now();
        QByteArray name;
        qCInfo(logEngine, "instance=%s link=%s why=%s", text(m_instance, name), qPrintable(link),
               quoted(m_client ? m_client->why() : QString()).constData());
    }
    health.link = link;
    health.why = m_client ? m_client->why() : QString();
    health.generation = m_lastGeneration.number;
    health.serverVersion = m_serverVersion;
    if (!m_logins.empty()) {
        auto logins = m_logins;
        const auto middle = logins.begin() + static_cast<std::ptrdiff_t>(logins.size() / 2);
        std::ranges::nth_element(logins, middle);
        health.loginMicroseconds = *middle;
    }
    m_publisher.setHealth(std::move(health));
    Q_EMIT healthChanged();
}

// --- runs of the server

void InstanceEngine::beginRun(const openvpn::ServerRun &run)
{
    // A server that starts has no mark yet that tells one start from the next (FACTS 39).
    const bool isMarked = run.since != Timestamp();
    if (isMarked && m_lastGeneration.run == runText(run)) {
        setGeneration(m_lastGeneration.number); // the same server: we were away
        return;
    }
    m_published.clear();
    const Timestamp at = now();
    for (const LiveSession &session : m_registry.clear())
        m_publisher.recordEnd(session, at);
    m_waiting.clear();
    m_unanswered.clear();
    wipeMacs();
    ++m_run;
    m_isNumbered = false;
    setGeneration(0);
    if (isMarked)
        numberRun(runText(run));
}

void InstanceEngine::numberRun(const QString &run)
{
    if (!m_lease.lease())
        return;
    m_isNumbered = true;
    whenDone(m_ports.live.beginGeneration(*m_lease.lease(), run), this,
             [this, run, serial = m_run](const Expected<Generation> &generation) {
                 if (serial != m_run)
                     return;
                 if (!generation) {
                     QTimer::singleShot(kNumberAgain, this, [this, run, serial] {
                         if (serial == m_run)
                             numberRun(run);
                     });
                     return;
                 }
                 m_lastGeneration = *generation;
                 setGeneration(generation->number);
             });
}

void InstanceEngine::on(const openvpn::StateChanged &event)
{
    // No client comes before this moment, which is the mark of the run.
    if (event.name == "CONNECTED"_L1 && m_client && !m_isNumbered)
        numberRun(runText({m_client->run().pid, event.time}));
}

void InstanceEngine::wipeMacs()
{
    m_macs.clear();
    (void)m_ports.macs.wipeMacs(m_instance); // SOURCES S4
}

void InstanceEngine::setGeneration(qint64 number)
{
    if (number == 0)
        m_lastGeneration = {};
    m_operations.setGeneration(number);
    updateHealth();
}

void InstanceEngine::readStatus(const openvpn::StatusSnapshot &snapshot)
{
    m_serverVersion = snapshot.serverVersion();
    StatusDifference difference = m_registry.reconcile(snapshot, now());
    for (const LiveSession &session : difference.gone)
        endSession(session);
    for (const openvpn::ClientId cid : difference.appeared) {
        LiveSession *session = m_registry.find(cid);
        const auto published = m_published.find(cid.value);
        if (published != m_published.end() && published->second.cn == session->fact.cn)
            m_registry.restoreAnswer(cid, published->second);
        m_operations.sessionAppeared(*session);
        m_publisher.recordBegin(*session);
    }
    wakeWaiting(snapshot, difference.mayBeWaiting);
    learnFromStatus(snapshot);
    judgeAll();
    updateHealth();
}

void InstanceEngine::wakeWaiting(const openvpn::StatusSnapshot &snapshot,
                                 const std::vector<openvpn::ClientId> &candidates)
{
    // Those that waited in the status before too are killed, which makes them ask again (FACTS 37).
    const auto before = std::exchange(m_waiting, {});
    for (const openvpn::ClientId cid : candidates) {
        if (snapshot.time() - snapshot.clientOrNull(cid)->connectedSince >= kWaitingAtMost)
            continue;
        if (before.contains(cid))
            restart(cid);
        else
            m_waiting.insert(cid);
    }
    if (m_waiting.empty())
        return;
    QTimer::singleShot(kSecondLook, this, [this, run = m_run] {
        if (run == m_run && m_client)
            m_client->requestStatus();
    });
}

void InstanceEngine::learnFromStatus(const openvpn::StatusSnapshot &snapshot)
{
    const InstanceRow *instance = row();
    if (!instance || instance->mode != DeviceMode::Tap)
        return;
    std::map<MacAddress, CommonName> seen;
    for (const openvpn::StatusRoute &route : snapshot.routes()) {
        const auto *mac = std::get_if<MacAddress>(&route.target);
        const auto cn = CommonName::parse(route.cnText());
        if (!mac || !cn)
            continue;
        seen.insert_or_assign(*mac, *cn);
        const auto known = m_macs.find(*mac);
        if (known == m_macs.end() || known->second != *cn)
            (void)m_ports.macs.learnMac({*mac, *cn, m_instance, now()});
    }
    for (const auto &entry : m_macs) {
        if (!seen.contains(entry.first))
            (void)m_ports.macs.forgetMac(entry.first);
    }
    m_macs = std::move(seen);
}

void InstanceEngine::learnt(const QString &verb, const QString &address, const QString &cn)
{
    const InstanceRow *instance = row();
    if (!m_lease.lease() || !instance || instance->mode != DeviceMode::Tap)
        return;
    const auto mac = MacAddress::parse(address);
    if (!mac)
        return; // an IP address that a client of a tap device uses
    if (verb == "delete"_L1) {
        m_macs.erase(*mac);
        (void)m_ports.macs.forgetMac(*mac);
        return;
    }
    if (const auto owner = CommonName::parse(cn)) {
        m_macs.insert_or_assign(*mac, *owner);
        (void)m_ports.macs.learnMac({*mac, *owner, m_instance, now()});
    }
}

// --- rows

void InstanceEngine::rowsReplaced()
{
    if (const InstanceRow *instance = row())
        m_lease.setKeepsWithoutStore(instance->whenStoreDown == StoreDownPolicy::AdmitKnown);
    m_judgeTimer.start();
}

void InstanceEngine::rowsChanged(const std::vector<JournalEntry> &entries)
{
    rowsReplaced();
    const InstanceRow *instance = row();
    if (m_client && instance && m_management != instance->management + u'\n' + instance->passwordFile) {
        dropLink(u"its management address was changed"_s);
        takeOver();
        return;
    }
    for (const JournalEntry &entry : entries) {
        for (const RowChange &change : entry.changes) {
            const auto *removed = change.after ? nullptr : std::get_if<ConnectorRow>(&*change.before);
            if (!removed || m_mirror.topology().find<ConnectorRow>(removed->cn))
                continue;
            // A removed connector is out at once (SEMANTICS.md 2, FACTS 28).
            for (const openvpn::ClientId cid : m_registry.sessionsOf(removed->cn)) {
                const LiveSession *session = m_registry.find(cid);
                if (session->kid)
                    refuse(cid, *session->kid, u"this common name was removed"_s);
                else
                    restart(cid);
            }
        }
    }
}

void InstanceEngine::setKernelRoutes(std::vector<Prefix> routes)
{
    if (routes == m_kernelRoutes)
        return;
    m_kernelRoutes = std::move(routes);
    m_judgeTimer.start();
}

void InstanceEngine::judge(LiveSession &session)
{
    if (!m_mirror.isLoaded())
        return;
    std::vector<Prefix> routed = m_kernelRoutes;
    // Nobody looks after the kernel from here; the stand-in range is a line of the server's own (FACTS 5).
    if (const InstanceRow *instance = row(); instance && !m_options.hasKernel)
        routed.push_back(instance->standinRange);
    judgeRoutes(session, m_mirror.topology(), m_instance, m_registry, routed, now());
}

void InstanceEngine::judgeAll()
{
    const InstanceRow *instance = row();
    if (!instance)
        return;
    QElapsedTimer took;
    took.start();
    std::vector<openvpn::ClientId> free;
    m_registry.forEach([&](LiveSession &session) {
        judge(session);
        if (isHeldBackForNobody(session) || (instance->moveLive == MoveLivePolicy::Now && isMoved(session)))
            free.push_back(session.cid);
    });
    for (const openvpn::ClientId cid : free)
        m_operations.restartLater(cid);
    m_publisher.touch();
    // Of many sessions it takes long, and logins wait meanwhile: a small part of the time at most.
    m_judgeTimer.setInterval(
        std::max<std::chrono::milliseconds>(kJudgeAfter, std::chrono::milliseconds(20 * took.elapsed())));
}

void InstanceEngine::alert(LiveSession &session, const QString &sentence)
{
    if (session.fact.alerts.contains(sentence))
        return;
    session.fact.alerts += sentence;
    QByteArray name;
    qCWarning(logEngine, "instance=%s cid=%lld cn=%s alert=%s", text(m_instance, name),
              static_cast<long long>(session.cid.value),
              quoted(session.fact.cn ? session.fact.cn->toString() : QString()).constData(),
              quoted(sentence).constData());
}

// --- events

void InstanceEngine::receive(const openvpn::Event &event)
{
    std::visit([this](const auto &e) { on(e); }, event);
}

void InstanceEngine::on(const openvpn::ClientConnected &event)
{
    LiveSession &session = m_registry.connect(event, now());
    m_waiting.erase(event.cid);
    session.asked.start();
    session.fact.alerts.clear();
    compareEnvironment(session, event.env);
    m_operations.sessionAppeared(session);
    answer(event.cid);
    m_publisher.touch();
}

void InstanceEngine::compareEnvironment(LiveSession &session, const openvpn::ClientEnvironment &env)
{
    const InstanceRow *instance = row();
    if (!instance)
        return;
    session.tunnelNetwork.reset();
    if (const auto device = env.deviceType();
        device && (*device == openvpn::DeviceType::Tap) != (instance->mode == DeviceMode::Tap)) {
        alert(session, u"the server's device is %1, the instance says %2"_s.arg(
                           *device == openvpn::DeviceType::Tap ? u"tap"_s : u"tun"_s, enumText(instance->mode)));
    }
    if (const auto local = env.ifconfigLocal(); local && *local != instance->serverAddress) {
        alert(session, u"the server's tunnel address is %1, the instance says %2"_s.arg(
                           local->toString(), instance->serverAddress.toString()));
    }
    const auto mask = env.ifconfigNetmask();
    if (!mask || !instance->network.isIPv4() || mask->toString() == instance->network.netmask())
        return;
    alert(session, u"the server's tunnel mask is %1, the instance says %2; the server's is used"_s.arg(
                       mask->toString(), instance->network.netmask()));
    if (const auto network =
            Prefix::parseMasked(u"%1 %2"_s.arg(instance->network.first().toString(), mask->toString())))
        session.tunnelNetwork = *network;
}

void InstanceEngine::answer(openvpn::ClientId cid)
{
    const LiveSession *session = m_registry.find(cid);
    if (!session || !session->kid)
        return;
    if (!m_lease.isCertain()) {
        m_unanswered.insert(cid); // it may be another's client by now (SEMANTICS.md 4)
        return;
    }
    const openvpn::KeyId kid = *session->kid;
    if (!session->cn())
        return refuse(cid, kid, u"the certificate's common name cannot be used"_s);
    if (const auto reason = m_operations.refusalOf(*session->cn(), now()))
        return refuse(cid, kid, *reason);
    m_handler.decide(*session->cn(), m_instance, [this, cid, kid, run = m_run](Expected<Verdict> verdict) {
        const LiveSession *asked = m_registry.find(cid);
        if (run != m_run || !asked || asked->kid != kid)
            return; // it left, or the server began anew, while the store was asked
        if (!verdict)
            return refuse(cid, kid,
                          verdict.error().kind == ErrorKind::StoreUnavailable
                              ? u"the store cannot be reached, try again later"_s
                              : u"no answer could be made: "_s + nameOf(verdict.error().kind));
        if (verdict->decision.action == ConnectAction::Deny)
            return refuse(cid, kid, verdict->decision.denyReason);
        give(cid, *std::move(verdict));
    });
}

void InstanceEngine::holdBack(LiveSession &session, ConnectDecision &decision)
{
    session.heldBack.clear();
    const auto lans = decision.lans;
    for (const AnsweredLan &lan : lans) {
        const auto holder = m_registry.holderOf(lan.installed, *session.cn());
        if (!holder)
            continue;
        decision.leaveOut(lan.installed, {ErrorKind::Conflict,
                                          u"%1 is still installed for %2; it comes when that session ends"_s.arg(
                                              lan.installed.toString(), holder->toString()),
                                          {}});
        session.heldBack.push_back(lan.installed);
        session.fact.waitingFor = holder;
    }
    // The server counts the tunnel address too, and drops the rest without a word (FACTS 46).
    constexpr std::size_t kMaxRoutes = 256;
    while (decision.lans.size() + 1 > kMaxRoutes) {
        const Prefix last = decision.lans.back().installed;
        decision.leaveOut(
            last, {ErrorKind::Limit,
                   u"%1 is left out: a client has at most %2 routes (max-routes-per-client)"_s.arg(last.toString())
                       .arg(kMaxRoutes),
                   {}});
    }
}

void InstanceEngine::give(openvpn::ClientId cid, Verdict verdict)
{
    LiveSession &session = *m_registry.find(cid);
    ConnectDecision &decision = verdict.decision;
    useServersNetwork(decision, m_mirror.topology(), session.tunnelNetwork);
    holdBack(session, decision);
    if (verdict.isFromStoredOnly)
        alert(session, u"answered while the store could not be reached, from what was known before"_s);
    for (const ConnectProblem &problem : decision.problems)
        alert(session, problem.error.detail);
    const QStringList texts = toStringList(decision.lines);
    const auto command = openvpn::ManagementCommand::clientAuth(
        cid, *session.kid, std::span<const QString>(texts.constData(), static_cast<std::size_t>(texts.size())));
    if (!command) {
        alert(session, command.error().detail);
        return refuse(cid, *session.kid, u"no answer could be made"_s);
    }
    m_registry.answered(cid, decision);
    ++m_answers;
    m_client->send(*command, [this, cid, run = m_run](const Expected<openvpn::Answer> &reply) {
        LiveSession *answered = m_registry.find(cid);
        if (reply || !answered || run != m_run)
            return;
        alert(*answered, u"the server did not take the answer: "_s + reply.error().detail);
        if (reply.error().kind == ErrorKind::BackendUnavailable) {
            // It was lost with the link. If the client still waits when we are back, it is made to ask again.
            answered->kid.reset();
            answered->fact.state = SessionState::Waiting;
        }
    });
    m_logins.push_back(session.asked.nsecsElapsed() / 1000);
    if (m_logins.size() > 64)
        m_logins.erase(m_logins.begin());
    judge(session);
    m_publisher.touch();
}

void InstanceEngine::refuse(openvpn::ClientId cid, openvpn::KeyId kid, const QString &reason,
                            const SessionControl::Reply &reply)
{
    const auto command = openvpn::ManagementCommand::clientDeny(cid, kid, reason, reason);
    if (!command || !m_client) {
        if (reply)
            reply(fail(command ? Error{ErrorKind::BackendUnavailable, u"there is no link"_s, {}} : command.error()));
        return;
    }
    ++m_refusals;
    if (LiveSession *session = m_registry.find(cid)) {
        session->fact.state = SessionState::Leaving;
        alert(*session, u"refused: "_s + reason);
    }
    m_client->send(*command, [reply](const Expected<openvpn::Answer> &answer) {
        if (reply)
            reply(answer.map([](const openvpn::Answer &) {}));
    });
    m_publisher.touch();
}

void InstanceEngine::restart(openvpn::ClientId cid, const SessionControl::Reply &reply)
{
    if (!m_client) {
        if (reply)
            reply(fail(ErrorKind::BackendUnavailable, u"there is no link"_s));
        return;
    }
    if (LiveSession *session = m_registry.find(cid))
        session->fact.state = SessionState::Leaving;
    m_client->send(openvpn::ManagementCommand::clientKill(cid), [reply](const Expected<openvpn::Answer> &answer) {
        if (reply)
            reply(answer.map([](const openvpn::Answer &) {}));
    });
    m_publisher.touch();
}

void InstanceEngine::on(const openvpn::ClientReauth &event)
{
    // Left unanswered, the tunnel dies; the lines of an answer would be ignored (FACTS 42).
    LiveSession *session = m_registry.find(event.cid);
    if (session)
        session->kid = event.kid;
    const auto cn = event.env.commonName();
    if (cn && m_mirror.isLoaded()) {
        if (const auto reason = m_operations.refusalOf(*cn, now()))
            return refuse(event.cid, event.kid, *reason);
        const auto verdict = decideFromStored(m_mirror.topology(), *cn, m_instance);
        if (verdict && verdict->action == ConnectAction::Deny)
            return refuse(event.cid, event.kid, verdict->denyReason);
    }
    m_client->send(openvpn::ManagementCommand::clientAuthNt(event.cid, event.kid));
}

void InstanceEngine::on(const openvpn::ClientEstablished &event)
{
    LiveSession *session = m_registry.established(event, now());
    if (!session)
        return;
    const InstanceRow *instance = row();
    for (const QString &line : skippedLines(*session, instance ? instance->mode : DeviceMode::Tun))
        alert(*session, u"OpenVPN skipped the line '%1'"_s.arg(line));
    judge(*session);
    m_publisher.recordBegin(*session);
    m_judgeTimer.start(); // others may have been waiting, and the holder has moved
}

void InstanceEngine::on(const openvpn::ClientAddress &event)
{
    m_registry.address(event);
}

void InstanceEngine::on(const openvpn::ByteCount &event)
{
    m_registry.count(event, now());
}

void InstanceEngine::on(const openvpn::LogLine &) {}

void InstanceEngine::on(const openvpn::ClientDisconnected &event)
{
    auto session = m_registry.remove(event.cid);
    if (!session)
        return;
    if (const auto in = event.env.bytesReceived())
        session->fact.bytesIn = static_cast<qint64>(*in);
    if (const auto out = event.env.bytesSent())
        session->fact.bytesOut = static_cast<qint64>(*out);
    endSession(*session);
    m_judgeTimer.start();
}

void InstanceEngine::endSession(const LiveSession &session)
{
    m_publisher.recordEnd(session, now());
    m_operations.sessionEnded(session);
    if (!session.cn())
        return;
    const InstanceRow *instance = row();
    if (instance && instance->mode == DeviceMode::Tap && m_registry.sessionsOf(*session.cn()).empty()) {
        std::erase_if(m_macs, [&](const auto &entry) { return entry.second == *session.cn(); });
        (void)m_ports.macs.forgetMacsOf(*session.cn()); // FACTS 54
    }
}

} // namespace interlock
