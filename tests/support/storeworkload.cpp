// SPDX-License-Identifier: GPL-3.0-or-later
//
// interlock_storeworkload URL WORKLOAD [ARGUMENT...]: works on a store until it is done or killed, and prints one line
// for every answer that it was given, so that a test can compare what was answered with what is there.
#include "model/commands/sessionjson.h"
#include "model/store/livestore.h"
#include "model/store/migrator.h"
#include "tests/support/teststore.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

#include <chrono>
#include <cstdio>
#include <deque>
#include <functional>
#include <iostream>
#include <string>
#include <thread>

#include <poll.h>
#include <unistd.h>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

void say(const QString &line)
{
    const QByteArray bytes = line.toUtf8() + '\n';
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), stdout);
    std::fflush(stdout);
}

template <typename T>
bool isGood(const Expected<T> &result)
{
    if (!result)
        std::cerr << "workload: " << qPrintable(result.error().detail) << '\n';
    return result.has_value();
}

CommonName numbered(const QString &name, qint64 first, qint64 second)
{
    return CommonName::parse(u"%1-%2-%3"_s.arg(name).arg(first).arg(second)).value();
}

Prefix lanOf(qint64 number, int length)
{
    const Address first = Address::parse(u"192.168.%1.0"_s.arg(number % 256)).value();
    return Prefix(first, length);
}

QString journalText(const Receipt &receipt)
{
    return receipt.journal ? QString::number(receipt.journal->value) : u"-"_s;
}

/// Says what was answered, in words that do not depend on how it came about.
struct Answer
{
    const Receipt &receipt;

    QString operator()(const ResolveClaim &c) const
    {
        const auto claim = std::get<ClaimRow>(receipt.rows().at(0));
        return u"claim %1 %2 %3 %4"_s.arg(journalText(receipt), c.cn.toString(), c.real.toString(),
                                          claim.virtualPrefix.toString());
    }
    QString operator()(const RequestAllocation &c) const
    {
        const auto row = std::get<AllocationRow>(receipt.rows().at(0));
        return u"allocation %1 %2 %3"_s.arg(journalText(receipt), c.cn.toString(), row.address.toString());
    }
    QString operator()(const RequestAddress &c) const
    {
        const auto row = std::get<AddressRow>(receipt.rows().at(0));
        return u"address %1 %2 %3"_s.arg(journalText(receipt), c.holder, row.address.toString());
    }
    QString operator()(const ReplaceIroutes &c) const
    {
        QStringList prefixes;
        for (const Prefix &lan : c.prefixes)
            prefixes.append(lan.toString());
        return u"iroutes %1 %2 %3"_s.arg(journalText(receipt), c.cn.toString(), prefixes.join(u','));
    }
    QString operator()(const ImportCcd &c) const
    {
        return u"import %1 %2"_s.arg(journalText(receipt), c.entries.front().cn.toString());
    }
    template <typename C>
    QString operator()(const C &) const
    {
        return u"done "_s + journalText(receipt);
    }
};

struct OnTheWay
{
    Command command;
    QElapsedTimer since;
    QFuture<Expected<Receipt>> answer;
};

/// Keeps `window` requests on the way until `next` has no more, says each answer, and at the end how many milliseconds
/// the longest of them took.
bool run(Store &store, std::size_t window, const std::function<std::optional<Command>()> &next)
{
    qint64 longest = 0;
    std::deque<OnTheWay> waiting;
    for (std::optional<Command> command = next(); command || !waiting.empty();) {
        if (command && waiting.size() < window) {
            OnTheWay &request = waiting.emplace_back(OnTheWay{*command, {}, {}});
            request.since.start();
            request.answer = store.submit({*command, u"workload"_s});
            command = next();
            continue;
        }
        OnTheWay &first = waiting.front();
        const auto receipt = await(first.answer);
        if (!isGood(receipt))
            return false;
        longest = std::max(longest, first.since.elapsed());
        say(std::visit(Answer{*receipt}, first.command));
        waiting.pop_front();
    }
    say(u"longest %1"_s.arg(longest));
    return true;
}

/// Colliding LANs of four lengths, one connector each; tunnel addresses from one pool; sets of a few connectors that
/// all processes write.
bool race(Store &store, qint64 process, qint64 requests)
{
    qint64 request = 0;
    return run(store, 32, [&]() -> std::optional<Command> {
        if (request == requests)
            return std::nullopt;
        const qint64 number = request++ / 3;
        static constexpr std::array kLengths{27, 24, 24, 22};
        switch (request % 3) {
        case 0:
            return ResolveClaim{numbered(u"claim"_s, process, number),
                                lanOf(number, kLengths.at(static_cast<std::size_t>((process + number) % 4))),
                                instanceName()};
        case 1:
            return RequestAllocation{numbered(u"address"_s, process, number), instanceName()};
        default:
            return ReplaceIroutes{numbered(u"set"_s, 0, number % 8),
                                  {Prefix::parse(u"10.%1.%2.0/24"_s.arg(100 + process).arg(number % 256)).value()}};
        }
    });
}

/// Addresses of one subnet, which all processes ask for.
bool addresses(Store &store, qint64 process, qint64 requests)
{
    qint64 request = 0;
    return run(store, 8, [&]() -> std::optional<Command> {
        if (request == requests)
            return std::nullopt;
        return RequestAddress{{}, Prefix::parse(u"10.0.0.0/20"_s).value(), u"host-%1-%2"_s.arg(process).arg(request++)};
    });
}

/// Files of 5,000 subnets and 500 addresses, each of a tenant of its own; says how far each one is.
bool files(Store &store, qint64 round)
{
    for (qint64 number = 0;; ++number) {
        ImportSubnets rows;
        rows.createTenants = true;
        const QString tenant = u"t-%1-%2"_s.arg(round).arg(number);
        for (quint32 i = 0; i < 5'000; ++i) {
            SubnetRow row;
            row.tenant = tenant;
            row.prefix = Prefix(Address::ipv4(0x0a000000U + (i << 8U)), 24);
            rows.subnets.push_back(row);
        }
        for (quint32 i = 1; i <= 500; ++i) {
            AddressRow row;
            row.tenant = tenant;
            row.address = Address::ipv4(0x0a000000U + (i << 8U) + 7);
            rows.addresses.push_back(row);
        }
        ImportRequest request;
        request.rows = std::make_shared<const ImportSubnets>(std::move(rows));
        request.actor = u"workload"_s;
        request.goesOn = [](const ImportProgress &progress) {
            const bool isStoring = progress.stage == ImportProgress::Stage::Storing;
            say(isStoring ? u"storing"_s : u"checked %1"_s.arg(progress.done));
            return true;
        };
        const auto done = await(store.importRows(request));
        if (!isGood(done) || !done->journal)
            return false;
        say(u"stored %1 %2"_s.arg(done->journal->value).arg(tenant));
    }
}

bool iroutes(Store &store, qint64 round)
{
    qint64 number = 0;
    return run(store, 4, [&]() -> std::optional<Command> {
        const qint64 n = number++;
        std::vector<Prefix> prefixes;
        for (int i = 0; i < 3; ++i)
            prefixes.push_back(Prefix::parse(u"10.%1.%2.0/24"_s.arg(100 + i).arg(n % 256)).value());
        return ReplaceIroutes{numbered(u"iroute"_s, round, n % 50), prefixes};
    });
}

bool claims(Store &store, qint64 round)
{
    qint64 number = 0;
    return run(store, 4, [&]() -> std::optional<Command> {
        const qint64 n = number++;
        return ResolveClaim{numbered(u"claim"_s, round, n), lanOf(n, 27), instanceName()};
    });
}

/// Connectors of one import: enough for the path of large entries.
bool imports(Store &store, qint64 round)
{
    qint64 number = 0;
    return run(store, 1, [&]() -> std::optional<Command> {
        const qint64 n = number++;
        ImportCcd import{instanceName(), {}};
        for (int i = 0; i < 150; ++i)
            import.entries.push_back({numbered(u"import%1"_s.arg(i), round, n), {}, {}, {lanOf(i, 24)}, {}});
        return import;
    });
}

bool backups(Store &store, const QString &folder)
{
    for (int i = 0;; ++i) {
        const QString file = u"%1/backup-%2"_s.arg(folder).arg(i);
        if (!isGood(await(store.backup(file))))
            return false;
        say(u"backup "_s + file);
    }
}

bool restores(Store &store, const QString &first, const QString &second)
{
    for (;;) {
        for (const QString &file : {first, second}) {
            if (!isGood(await(store.restore(file))))
                return false;
            say(u"restored "_s + file);
        }
    }
}

/// Without a Store, whose schema has one version only.
int migration(const StoreUrl &url, const QString &folder, int target)
{
    auto connection = Connection::open(url, Connection::Access::Create);
    if (!isGood(connection))
        return 1;
    say(u"ready"_s);
    const auto done = migrate(**connection, folder, target);
    if (!done) {
        say(u"refused "_s + nameOf(done.error().kind) + u' ' + done.error().detail);
        return 1;
    }
    say(u"migrated"_s);
    return 0;
}

/// Keeps the store's lock, as a process that hangs would.
int lockHolder(const StoreUrl &url)
{
    auto connection = Connection::open(url, Connection::Access::Existing);
    if (!isGood(connection) || !isGood((*connection)->beginWrite()))
        return 1;
    say(u"locked"_s);
    std::string line;
    std::getline(std::cin, line);
    (*connection)->rollback();
    return 0;
}

/// Takes a lease and keeps it until a line comes, or the kill.
bool lease(Store &store, const QString &name, const QString &holder)
{
    const auto taken = await(store.live().acquire(LeaseKind::Instance, name, holder));
    if (!isGood(taken))
        return false;
    say(u"taken %1 %2"_s.arg(taken->epoch).arg(taken->expires.milliseconds()));
    std::string line;
    std::getline(std::cin, line);
    return isGood(await(store.live().release(*taken)));
}

/// Takes and gives up a lease so many times, each time alone in a section that the file `guard` stands for.
bool leaseRace(Store &store, const QString &holder, qint64 turns, const QString &guard)
{
    while (turns > 0) {
        const auto taken = await(store.live().acquire(LeaseKind::Instance, u"vpn"_s, holder));
        if (!taken) {
            if (taken.error().kind != ErrorKind::LeaseHeld)
                return isGood(taken);
            // Who waits must not take the processor from who has it.
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            continue;
        }
        QFile file(guard);
        const bool isAlone = file.open(QIODevice::WriteOnly | QIODevice::NewOnly) && file.remove();
        say(u"%1 %2"_s.arg(isAlone ? u"turn"_s : u"together"_s).arg(taken->epoch));
        --turns;
        if (!isGood(await(store.live().release(*taken))))
            return false;
    }
    return true;
}

/// What becomes of an operation: session 13 cannot be helped, and of many the last is not seen to end.
Expected<QJsonObject> outcomeOf(const Operation &operation)
{
    if (operation.session && operation.session->cid == 13)
        return fail(ErrorKind::BackendRefused, u"client-kill command failed"_s);
    if (operation.kind == OperationKind::Probe) {
        return QJsonObject{{u"target"_s, u"192.168.1.1"_s},
                           {u"lan"_s, u"192.168.1.0/24"_s},
                           {u"outcome"_s, u"answered"_s},
                           {u"answeredBy"_s, u"10.8.0.1"_s},
                           {u"milliseconds"_s, 12}};
    }
    if (operation.kind == OperationKind::Reconnect && !operation.session) {
        const auto proof = [](const QString &session, const QString &seen, const QJsonValue &as) {
            return QJsonObject{
                {u"session"_s, session}, {u"proof"_s, seen}, {u"returnedAs"_s, as}, {u"milliseconds"_s, 1500}};
        };
        return QJsonObject{{u"sessions"_s, QJsonArray{proof(u"berlin/1/1"_s, u"returned"_s, u"berlin/1/3"_s),
                                                      proof(u"berlin/1/2"_s, u"notSeen"_s, {})}},
                           {u"arguments"_s, operation.arguments}};
    }
    return QJsonObject{{u"sessions"_s, 1}};
}

/// Owns an instance: publishes what comes as a line of JSON, an array of sessions, and does every operation but those
/// for session 14, which it forgets. Until the end of its input.
bool owner(Store &store, const QString &name)
{
    LiveStore &live = store.live();
    auto lease = await(live.acquire(LeaseKind::Instance, name, u"owner"_s));
    if (!isGood(lease))
        return false;
    const auto generation = await(live.beginGeneration(*lease, u"test"_s));
    if (!isGood(generation))
        return false;
    const InstanceHealth health{
        InstanceName::parse(name).value(), u"up"_s, {}, generation->number, {}, u"2.6.14"_s, 99};
    std::vector<SessionFact> facts;
    say(u"owner %1"_s.arg(generation->number));
    for (;;) {
        pollfd input{STDIN_FILENO, POLLIN, 0};
        if (::poll(&input, 1, 50) > 0) {
            std::string line;
            if (!std::getline(std::cin, line))
                return isGood(await(live.release(*lease)));
            facts.clear();
            for (const QJsonValue value : QJsonDocument::fromJson(QByteArray::fromStdString(line)).array())
                facts.push_back(parseSession(value.toObject()).value());
            say(u"read"_s);
        }
        lease = await(live.renew(*lease));
        if (!isGood(lease) || !isGood(await(live.publishSessions(*lease, health, facts))))
            return false;
        const auto operations = await(live.take(*lease));
        if (!isGood(operations))
            return false;
        for (const Operation &operation : *operations) {
            say(u"took %1 %2"_s.arg(enumText(operation.kind), operation.actor));
            if (!(operation.session && operation.session->cid == 14) &&
                !isGood(await(live.finish(operation.id, outcomeOf(operation)))))
                return false;
        }
    }
}

bool work(Store &store, const QString &name, const QStringList &arguments)
{
    if (name == u"race"_s)
        return race(store, arguments.at(0).toLongLong(), arguments.at(1).toLongLong());
    if (name == u"addresses"_s)
        return addresses(store, arguments.at(0).toLongLong(), arguments.at(1).toLongLong());
    if (name == u"files"_s)
        return files(store, arguments.at(0).toLongLong());
    if (name == u"iroutes"_s)
        return iroutes(store, arguments.at(0).toLongLong());
    if (name == u"claims"_s)
        return claims(store, arguments.at(0).toLongLong());
    if (name == u"imports"_s)
        return imports(store, arguments.at(0).toLongLong());
    if (name == u"backups"_s)
        return backups(store, arguments.at(0));
    if (name == u"restores"_s)
        return restores(store, arguments.at(0), arguments.at(1));
    if (name == u"lease"_s)
        return lease(store, arguments.at(0), arguments.at(1));
    if (name == u"owner"_s)
        return owner(store, arguments.at(0));
    if (name == u"leaserace"_s)
        return leaseRace(store, arguments.at(0), arguments.at(1).toLongLong(), arguments.at(2));
    return name == u"open"_s;
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const StoreUrl url = StoreUrl::parse(arguments.at(1)).value();
    const QString name = arguments.at(2);
    if (name == u"migrate"_s)
        return migration(url, arguments.at(3), arguments.at(4).toInt());
    if (name == u"lock"_s)
        return lockHolder(url);
    const auto store = Store::open(url, Store::Opening::Create);
    if (!isGood(store))
        return 1;
    say(u"ready"_s);
    if (name == u"race"_s || name == u"addresses"_s || name == u"leaserace"_s) {
        std::string line;
        std::getline(std::cin, line);
    }
    return work(**store, name, arguments.mid(3)) ? 0 : 1;
}
