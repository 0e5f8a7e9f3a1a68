// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockd/agent.h"

#include "app/wiring/storelocation.h"
#include "model/commands/systemclock.h"
#include "model/commands/whendone.h"
#include "model/engine/logvalue.h"
#include "model/rules/topology.h"

#include <QCoreApplication>
#include <QLoggingCategory>
#include <QSysInfo>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace interlock {

namespace {

Q_LOGGING_CATEGORY(logStore, "interlock.store")
Q_LOGGING_CATEGORY(logJournal, "interlock.journal")
Q_LOGGING_CATEGORY(logNetwork, "interlock.network")

/// How soon a store that went away is noticed while nothing is committed.
constexpr auto kLookEvery = 2s;

const SystemClock kClock;

/// Says to an operator which process it is.
QString holderText()
{
    return u"interlockd on %1, process %2"_s.arg(QSysInfo::machineHostName()).arg(QCoreApplication::applicationPid());
}

QStringList missingOf(const std::vector<InstanceName> &wanted, const Topology &topology)
{
    QStringList missing;
    for (const InstanceName &name : wanted) {
        if (!topology.find<InstanceRow>(name))
            missing += name.toString();
    }
    return missing;
}

} // namespace

Agent::Agent(AgentOptions options, ServiceNotifier notifier)
    : m_options(std::move(options)), m_notifier(std::move(notifier)),
      m_secrets(qEnvironmentVariable("CREDENTIALS_DIRECTORY"))
{
    connect(&m_lookTimer, &QTimer::timeout, this, &Agent::look);
    connect(&m_watchdogTimer, &QTimer::timeout, this, [this] { m_notifier.alive(); });
}

Agent::~Agent()
{
    if (m_engine)
        m_engine->disconnect(this); // what it says while it goes would ask an engine that is no more
    m_engine.reset();               // before the store
}

Expected<std::unique_ptr<StoreHandle>> Agent::open() const
{
    // A mistyped path must not become an empty store that everybody is then refused from.
    auto store = openStore(m_options.store, OpenMode::ReadWrite);
    if (!store)
        return store;
    QStringList missing;
    // The first look also makes the feed begin.
    auto looked = (*store)->queries().inspect(
        [&](const Topology &topology) { missing = missingOf(m_options.instances, topology); });
    looked.waitForFinished();
    if (const auto result = looked.result(); !result)
        return fail(result.error());
    if (!missing.isEmpty())
        return fail(ErrorKind::NotFound, u"the store has no instance %1"_s.arg(missing.join(u", "_s)));
    return store;
}

void Agent::serve(std::unique_ptr<StoreHandle> store)
{
    if (m_engine)
        m_engine->stop();
    m_networks.reset();
    m_controllers.reset();
    m_engine.reset();
    ChangeFeed &feed = store->feed();
    connect(&feed, &ChangeFeed::committed, this, &Agent::logCommitted);
    connect(&feed, &ChangeFeed::resetHappened, this,
            [] { qCInfo(logJournal, "reset: the rows were replaced, entries between are not listed"); });
    connect(&feed, &ChangeFeed::availabilityChanged, this, &Agent::setAvailable);
    m_store = std::move(store);
    const EnginePorts ports{m_store->gateway(), m_store->queries(),    feed,  m_store->macs(), m_store->leases(),
                            m_store->live(),    m_store->operations(), kClock};
    EngineOptions options;
    options.holder = holderText();
    options.actor = u"interlockd"_s;
    options.hasKernel = m_options.hasKernelRoutes;
    options.keepHistory = m_options.keepHistory;
    options.moveWindow = m_options.moveWindow;
    m_engine = std::make_unique<Engine>(ports, std::move(options),
                                        std::set<InstanceName>(m_options.instances.begin(), m_options.instances.end()));
    connect(m_engine.get(), &Engine::healthChanged, this, [this] { sayStatus(); });
    // Who serves some instances leaves the networks to who serves everything.
    if (m_options.instances.empty())
        serveNetworks();
}

void Agent::serveNetworks()
{
    m_controllers = std::make_unique<ControllerPool>(m_secrets);
    m_networks = std::make_unique<NetworkKeeper>(NetworkPorts{m_store->gateway(), m_store->queries(), m_store->leases(),
                                                              m_store->archive(), *m_controllers, kClock},
                                                 m_store->feed(), holderText());
    connect(m_networks.get(), &NetworkKeeper::noticed, this, &Agent::logNotice);
    m_networks->start();
}

void Agent::logNotice(const NetworkNotice &notice)
{
    const QByteArray network = quoted(notice.network.toString());
    const QByteArray text = quoted(notice.text);
    switch (notice.level) {
    case NoticeLevel::Info:
        qCInfo(logNetwork, "network=%s %s", network.constData(), text.constData());
        break;
    case NoticeLevel::Warning:
        qCWarning(logNetwork, "network=%s %s", network.constData(), text.constData());
        break;
    case NoticeLevel::Error:
        qCCritical(logNetwork, "network=%s %s", network.constData(), text.constData());
        break;
    }
}

Expected<void> Agent::start()
{
    auto store = open();
    if (!store)
        return fail(store.error());
    if (!m_options.learnSocket.isEmpty()) {
        auto socket = LearnSocket::listen(m_options.learnSocket);
        if (!socket)
            return fail(socket.error());
        m_learn = *std::move(socket);
        connect(m_learn.get(), &LearnSocket::learnt, this,
                [this](const QString &instance, const QString &verb, const QString &address, const QString &cn) {
                    m_engine->learnt(instance, verb, address, cn);
                });
    }
    serve(*std::move(store));
    QStringList names;
    for (const InstanceName &name : m_options.instances)
        names += name.toString();
    qCInfo(logStore, "opened store=%s instances=%s", quoted(shownStoreUrl(m_options.store)).constData(),
           names.isEmpty() ? "all" : quoted(names.join(u' ')).constData());
    m_lookTimer.start(kLookEvery);
    return {};
}

void Agent::drain()
{
    if (m_networks)
        m_networks->stop();
    m_engine->stop();
}

void Agent::sayStatus()
{
    const QByteArray text = status();
    if (text == m_said)
        return;
    m_said = text;
    m_notifier.status(text);
}

void Agent::announce()
{
    if (const auto interval = m_notifier.watchdogInterval()) {
        m_notifier.alive();
        m_watchdogTimer.start(*interval);
    }
    m_notifier.ready(status());
}

void Agent::reload()
{
    m_notifier.reloading();
    if (auto store = open()) {
        serve(*std::move(store));
        qCInfo(logStore, "reopened store=%s", quoted(shownStoreUrl(m_options.store)).constData());
        setAvailable(true, {});
    } else {
        qCCritical(logStore, "reload refused kind=%s why=%s, everything stays as it was",
                   qPrintable(nameOf(store.error().kind)), quoted(store.error().detail).constData());
    }
    m_notifier.ready(status());
}

void Agent::logCommitted(const std::vector<JournalEntry> &entries)
{
    for (const JournalEntry &entry : entries) {
        qCInfo(logJournal, "committed id=%lld actor=%s command=%s", static_cast<long long>(entry.id.value),
               quoted(entry.actor).constData(), qPrintable(entry.command));
    }
}

void Agent::setAvailable(bool isAvailable, const QString &why)
{
    if (isAvailable == m_isAvailable)
        return;
    m_isAvailable = isAvailable;
    if (isAvailable)
        qCInfo(logStore, "available");
    else
        qCWarning(logStore, "unavailable why=%s", quoted(why).constData());
    sayStatus();
}

void Agent::look()
{
    if (m_isLooking)
        return;
    m_isLooking = true;
    whenDone(m_store->queries().inspect([](const Topology &) {}), this, [this](const Expected<void> &result) {
        m_isLooking = false;
        setAvailable(result.has_value(), result ? QString() : result.error().detail);
    });
}

QByteArray Agent::status() const
{
    if (!m_isAvailable)
        return "The store is unavailable, trying again";
    int owned = 0;
    int ready = 0;
    std::size_t sessions = 0;
    for (const auto &entry : m_engine->instances()) {
        const InstanceEngine &instance = *entry.second;
        owned += instance.isOwner() ? 1 : 0;
        ready += instance.isOwner() && instance.health().link == "ready"_L1 ? 1 : 0;
        sessions += instance.registry().size();
    }
    return u"Serving %1 of %2 instances, %3 of them reached, %4 sessions"_s.arg(owned)
        .arg(m_engine->instances().size())
        .arg(ready)
        .arg(sessions)
        .toUtf8();
}

} // namespace interlock
