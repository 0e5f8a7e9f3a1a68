// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockd/agent.h"

#include "app/wiring/storelocation.h"
#include "model/rules/topology.h"

#include <QLoggingCategory>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace interlock {

namespace {

Q_LOGGING_CATEGORY(logStore, "interlock.store")
Q_LOGGING_CATEGORY(logJournal, "interlock.journal")

/// How soon a store that went away is noticed while nothing is committed.
constexpr auto kLookEvery = 2s;

/// `text` as a value of a log line: it cannot end the line or pass for another field.
QByteArray quoted(const QString &text)
{
    QByteArray result = "\"";
    for (const char c : text.toUtf8()) {
        if (c == '"' || c == '\\')
            result += '\\';
        result += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    }
    return result + '"';
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

Agent::Agent(QString storeUrl, std::vector<InstanceName> instances, ServiceNotifier notifier)
    : m_url(std::move(storeUrl)), m_instances(std::move(instances)), m_notifier(std::move(notifier))
{
    connect(&m_lookTimer, &QTimer::timeout, this, &Agent::look);
    connect(&m_watchdogTimer, &QTimer::timeout, this, [this] { m_notifier.alive(); });
}

Expected<std::unique_ptr<StoreHandle>> Agent::open() const
{
    // A mistyped path must not become an empty store that everybody is then refused from.
    auto store = openStore(m_url, OpenMode::ReadWrite);
    if (!store)
        return store;
    QStringList missing;
    // The first look also makes the feed begin.
    auto looked =
        (*store)->queries().inspect([&](const Topology &topology) { missing = missingOf(m_instances, topology); });
    looked.waitForFinished();
    if (const auto result = looked.result(); !result)
        return fail(result.error());
    if (!missing.isEmpty())
        return fail(ErrorKind::NotFound, u"the store has no instance %1"_s.arg(missing.join(u", "_s)));
    return store;
}

void Agent::follow(std::unique_ptr<StoreHandle> store)
{
    ChangeFeed &feed = store->feed();
    connect(&feed, &ChangeFeed::committed, this, &Agent::logCommitted);
    connect(&feed, &ChangeFeed::resetHappened, this,
            [] { qCInfo(logJournal, "reset: the rows were replaced, entries between are not listed"); });
    connect(&feed, &ChangeFeed::availabilityChanged, this, &Agent::setAvailable);
    m_store = std::move(store);
}

Expected<void> Agent::start()
{
    auto store = open();
    if (!store)
        return fail(store.error());
    follow(*std::move(store));
    QStringList names;
    for (const InstanceName &name : m_instances)
        names += name.toString();
    qCInfo(logStore, "opened store=%s instances=%s", quoted(shownStoreUrl(m_url)).constData(),
           names.isEmpty() ? "all" : quoted(names.join(u' ')).constData());
    m_lookTimer.start(kLookEvery);
    return {};
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
        follow(*std::move(store));
        qCInfo(logStore, "reopened store=%s", quoted(shownStoreUrl(m_url)).constData());
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
    m_notifier.status(status());
}

void Agent::look()
{
    if (m_isLooking)
        return;
    m_isLooking = true;
    m_store->queries().inspect([](const Topology &) {}).then(this, [this](const Expected<void> &result) {
        m_isLooking = false;
        setAvailable(result.has_value(), result ? QString() : result.error().detail);
    });
}

QByteArray Agent::status() const
{
    return m_isAvailable ? "Following the store; this version does not answer OpenVPN's clients"
                         : "The store is unavailable, trying again";
}

} // namespace interlock
