// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/instanceengine.h"

#include "model/commands/whendone.h"
#include "model/engine/enginelog.h"
#include "model/engine/logvalue.h"
#include "model/engine/routejudge.h"
#include "model/engine/sessionalert.h"
#include "model/rules/managementendpoint.h"

#include <QFile>
#include <QRandomGenerator>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace interlock {

namespace {

/// Events tell everything as long as none is lost; MACs in a status are news each time (FACTS 55).
constexpr auto kStatusEvery = 60s;
constexpr auto kStatusEveryTap = 5s;
/// A client gives up after 60 s and asks again by itself (FACTS 31).
constexpr auto kWaitingAtMost = 65s;
constexpr auto kSecondLook = 1s;

const char *text(const InstanceName &name, QByteArray &buffer)
{
    buffer = name.toString().toUtf8();
    return buffer.constData();
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

/// What of the row a link depends on.
QString managementOf(const InstanceRow &row)
{
    return row.management + u'\n' + row.passwordFile;
}

/// Nothing for an endpoint that cannot be read, which the command that writes the row refuses.
std::optional<openvpn::LinkOptions> linkOptionsOf(const InstanceRow &row, const openvpn::LinkTimes &times)
{
    const auto endpoint = ManagementEndpoint::parse(row.management);
    if (!endpoint)
        return std::nullopt;
    openvpn::LinkOptions options;
    options.endpoint = {endpoint->host(), endpoint->port(), endpoint->path()};
    options.times = times;
    options.random = [] { return QRandomGenerator::global()->generateDouble(); };
    if (!row.passwordFile.isEmpty())
        options.password = [path = row.passwordFile] { return readPassword(path); };
    return options;
}

} // namespace

InstanceEngine::InstanceEngine(InstanceName instance, const EnginePorts &ports, TopologyMirror &mirror,
                               EngineOptions options, QObject *parent)
    : QObject(parent), m_instance(std::move(instance)), m_ports(ports), m_mirror(mirror), m_options(std::move(options)),
      m_registry(m_instance), m_lease(ports.leases, LeaseKind::Instance, m_instance.toString(), m_options.holder,
                                      m_options.leaseTimes, m_options.rank),
      m_generation(m_instance, ports.live, m_lease),
      m_answerer(m_instance, ports, mirror, m_lease, m_registry, m_options.actor,
                 [this](const CommonName &cn) { return m_operations.refusalOf(cn, now()); }),
      m_judge(m_instance, mirror, m_registry, ports.clock, m_options.hasKernel),
      m_publisher(m_instance, ports.live, m_lease, m_registry, ports.clock),
      m_operations(
          ports.operations, m_lease, m_registry,
          {[this](openvpn::ClientId cid, const SessionControl::Reply &reply) { m_answerer.restart(cid, reply); },
           [this](openvpn::ClientId cid, const QString &reason, const SessionControl::Reply &reply) {
               m_answerer.refuse(cid, reason, reply);
           },
           [this](openvpn::ClientId cid, EndReason why) { m_endReasons.note(cid, why); },
           [this](const LiveSession &session, const SessionControl::ProbeReply &reply) {
               if (const InstanceRow *served = row())
                   m_prober.probe(session, served->serverAddress, reply);
               else
                   reply(fail(ErrorKind::NotFound, u"the instance is not there any more"_s));
           }}),
      m_macs(m_instance, ports.macs, m_lease), m_natAlerts(m_instance),
      m_pruner(ports.live, m_lease, m_options.keepHistory),
      m_quarantine(m_instance, ports.gateway, mirror, m_lease, m_registry, ports.clock, m_options.actor)
{
    m_judge.setMoveWindow(m_options.moveWindow);
    connectParts();
    connect(&m_statusTimer, &QTimer::timeout, this, [this] {
        if (m_client && m_client->state() == openvpn::LinkState::Ready)
            m_client->requestStatus();
    });
}

InstanceEngine::~InstanceEngine()
{
    m_client.reset(); // its replies name members
}

void InstanceEngine::connectParts()
{
    connect(&m_lease, &LeaseKeeper::acquired, this, &InstanceEngine::takeOver);
    connect(&m_lease, &LeaseKeeper::lost, this, &InstanceEngine::leave);
    connect(&m_lease, &LeaseKeeper::heldByOther, this, [this](const QString &holder) {
        QByteArray name;
        qCInfo(logEngine, "instance=%s held by %s", text(m_instance, name), quoted(holder).constData());
        Q_EMIT healthChanged();
    });
    connect(&m_generation, &GenerationKeeper::numberChanged, this, &InstanceEngine::setGeneration);
    connect(&m_answerer, &ClientAnswerer::answered, this, [this](openvpn::ClientId cid) {
        m_judge.judge(*m_registry.find(cid));
        m_publisher.touch();
    });
    connect(&m_answerer, &ClientAnswerer::ending, &m_publisher, &SessionPublisher::touch);
    connect(&m_judge, &SessionJudge::judged, &m_publisher, &SessionPublisher::touch);
    connect(&m_judge, &SessionJudge::shouldAskAgain, &m_operations, &OperationRunner::restartLater);
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
    m_macs.wipe();
    // What an earlier owner showed, then the denials in force; each may fail without harm to the clients that wait.
    m_generation.load([this, run] {
        whenDone(m_ports.operations.denials(m_instance), this,
                 [this, run](const Expected<std::vector<Denial>> &denials) {
                     if (run != m_run || !m_lease.lease())
                         return;
                     m_operations.start(denials.value_or(std::vector<Denial>()));
                     startLink();
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
    m_answerer.setLink(nullptr);
    if (m_client)
        m_client->stop();
    m_client.reset();
    m_quarantine.setSessionsKnown(false);
    m_registry.clear();
    m_waiting.clear();
    m_generation.clear();
    m_endReasons.clear();
}

void InstanceEngine::startLink()
{
    const InstanceRow *instance = row();
    auto options = instance ? linkOptionsOf(*instance, m_options.times) : std::nullopt;
    if (!options)
        return;
    m_management = managementOf(*instance);
    m_client = std::make_unique<openvpn::ManagementClient>(std::move(*options));
    m_answerer.setLink(m_client.get());
    using openvpn::ManagementClient;
    connect(m_client.get(), &ManagementClient::stateChanged, this, &InstanceEngine::updateHealth);
    connect(m_client.get(), &ManagementClient::generationBegan, this,
            [this](const openvpn::ServerRun &run) { beginRun(run); });
    connect(m_client.get(), &ManagementClient::eventReceived, this, &InstanceEngine::receive);
    connect(m_client.get(), &ManagementClient::statusReceived, this, &InstanceEngine::readStatus);
    m_statusTimer.start(instance->mode == DeviceMode::Tap ? kStatusEveryTap : kStatusEvery);
    m_client->start();
}

void InstanceEngine::updateHealth()
{
    InstanceHealth health = m_publisher.health();
    const QString link = m_client ? openvpn::nameOf(m_client->state()) : u"stopped"_s;
    // From the first status on, and that is what makes a link ready.
    m_quarantine.setSessionsKnown(m_client && m_client->state() == openvpn::LinkState::Ready);
    if (link != health.link) {
        health.since = now();
        QByteArray name;
        qCInfo(logEngine, "instance=%s link=%s why=%s", text(m_instance, name), qPrintable(link),
               quoted(m_client ? m_client->why() : QString()).constData());
    }
    health.link = link;
    health.why = m_client ? m_client->why() : QString();
    health.generation = m_generation.number();
    health.serverVersion = m_serverVersion;
    if (const auto login = m_answerer.loginMicroseconds())
        health.loginMicroseconds = *login;
    m_publisher.setHealth(std::move(health));
    Q_EMIT healthChanged();
}

// --- runs of the server

void InstanceEngine::beginRun(const openvpn::ServerRun &run)
{
    if (m_generation.isKnown(run)) {
        setGeneration(m_generation.number()); // the same server: we were away
        return;
    }
    const Timestamp at = now();
    m_publisher.serverEnds();
    for (const LiveSession &session : m_registry.clear())
        m_publisher.recordEnd(session, at, EndReason::ServerRestart);
    recordUnwatched(true);
    m_endReasons.clear();
    m_waiting.clear();
    m_answerer.beginRun();
    m_macs.wipe();
    ++m_run;
    m_generation.begin(run);
}

void InstanceEngine::on(const openvpn::StateChanged &event)
{
    if (event.name == "CONNECTED"_L1 && m_client)
        m_generation.mark({m_client->run().pid, event.time});
    if (event.name == "RECONNECTING"_L1 || event.name == "EXITING"_L1)
        m_publisher.serverEnds();
}

void InstanceEngine::recordUnwatched(bool isServerAnother)
{
    for (const auto &[cid, fact] : m_generation.takePublished()) {
        if (isServerAnother || !m_registry.find({cid}))
            m_publisher.recordUnwatched(fact, isServerAnother ? EndReason::ServerRestart : EndReason::Unwatched);
    }
}

void InstanceEngine::setGeneration(qint64 number)
{
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
        const SessionFact *published = m_generation.publishedOrNull(cid);
        if (published && published->cn == session->fact.cn)
            m_registry.restoreAnswer(cid, *published);
        m_operations.sessionAppeared(*session);
        m_natAlerts.show(*session);
        m_publisher.recordBegin(*session);
    }
    recordUnwatched(false);
    wakeWaiting(snapshot, difference.mayBeWaiting);
    if (const InstanceRow *instance = row(); instance && instance->mode == DeviceMode::Tap)
        m_macs.learn(snapshot, now());
    m_judge.judgeAll();
    updateHealth();
}

void InstanceEngine::wakeWaiting(const openvpn::StatusSnapshot &snapshot,
                                 const std::vector<openvpn::ClientId> &candidates)
{
    // Those that waited in the status before too are killed, which makes them ask again (FACTS 37).
    const auto before = std::exchange(m_waiting, {});
    for (const openvpn::ClientId cid : candidates) {
        if (snapshot.time() - snapshot.clientOrNull(cid)->connectedSince() >= kWaitingAtMost)
            continue;
        if (before.contains(cid))
            m_answerer.restart(cid);
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

void InstanceEngine::learnt(const QString &verb, const QString &address, const QString &cn)
{
    const InstanceRow *instance = row();
    if (m_lease.lease() && instance && instance->mode == DeviceMode::Tap)
        m_macs.learn(verb, address, cn, now());
}

// --- rows

void InstanceEngine::rowsReplaced()
{
    if (const InstanceRow *instance = row())
        m_lease.setKeepsWithoutStore(instance->whenStoreDown == StoreDownPolicy::AdmitKnown);
    m_judge.judgeSoon();
}

void InstanceEngine::rowsChanged(const std::vector<JournalEntry> &entries)
{
    rowsReplaced();
    const InstanceRow *instance = row();
    if (m_client && instance && m_management != managementOf(*instance)) {
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
            for (const openvpn::ClientId cid : m_registry.sessionsOf(removed->cn))
                m_answerer.refuse(cid, u"this common name was removed"_s);
        }
    }
}

void InstanceEngine::setNatProblems(const NatProblems &problems)
{
    if (m_natAlerts.replace(problems, m_registry))
        m_publisher.touch();
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
    m_operations.sessionAppeared(session);
    m_answerer.connected(session, event.env);
    m_publisher.touch();
}

void InstanceEngine::on(const openvpn::ClientReauth &event)
{
    m_answerer.reauthenticated(event);
}

void InstanceEngine::on(const openvpn::ClientEstablished &event)
{
    LiveSession *session = m_registry.established(event, now());
    if (!session)
        return;
    const InstanceRow *instance = row();
    for (const QString &line : skippedLines(*session, instance ? instance->mode : DeviceMode::Tun))
        alert(m_instance, *session, u"OpenVPN skipped the line '%1'"_s.arg(line));
    m_natAlerts.show(*session);
    m_judge.judge(*session);
    m_publisher.recordBegin(*session);
    m_judge.judgeSoon(); // others may have been waiting, and the holder has moved
}

void InstanceEngine::on(const openvpn::ClientAddress &event)
{
    m_registry.address(event);
}

void InstanceEngine::on(const openvpn::ByteCount &event)
{
    m_registry.count(event, now());
}

void InstanceEngine::on(const openvpn::LogLine &event)
{
    m_endReasons.hear(event.text);
}

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
    m_judge.judgeSoon();
}

void InstanceEngine::endSession(const LiveSession &session)
{
    m_publisher.recordEnd(session, now(), m_endReasons.take(session, m_registry));
    m_operations.sessionEnded(session);
    if (!session.cn())
        return;
    const InstanceRow *instance = row();
    if (instance && instance->mode == DeviceMode::Tap && m_registry.sessionsOf(*session.cn()).empty())
        m_macs.forget(*session.cn()); // FACTS 54
}

} // namespace interlock
