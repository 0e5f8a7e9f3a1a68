// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/livelookup.h"

#include "app/interlockctl/lookup.h"

#include <QDeadlineTimer>
#include <QThread>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// How old facts may be that are not waited for: what an owner promises.
constexpr std::chrono::milliseconds kFreshness{2500};
/// How long an owner is given to notice that somebody looks.
constexpr std::chrono::milliseconds kPatience{4000};
constexpr std::chrono::milliseconds kPause{100};

const LiveInstance *instanceOrNull(const LiveSnapshot &snapshot, const QString &name)
{
    const auto found = std::ranges::find_if(
        snapshot.instances, [&](const LiveInstance &live) { return live.health.instance.toString() == name; });
    return found == snapshot.instances.end() ? nullptr : &*found;
}

/// The instances that somebody owns now.
Expected<QStringList> ownedInstances(StoreHandle &store, const std::optional<InstanceName> &instance)
{
    return Session::wait(store.leases().list()).map([&](const std::vector<LeaseState> &leases) {
        QStringList names;
        for (const LeaseState &state : leases) {
            const bool isAskedFor = !instance || state.lease.name == instance->toString();
            if (state.lease.kind == LeaseKind::Instance && state.isFresh && isAskedFor)
                names += state.lease.name;
        }
        return names;
    });
}

Expected<void> knownInstance(Session &session, const InstanceName &instance)
{
    return session
        .tryLook([&](Topology &topology) -> Expected<bool> {
            return instanceIn(topology, instance).map([](const InstanceRow *) { return true; });
        })
        .map([](bool) {});
}

} // namespace

Expected<LiveSnapshot> liveFacts(Session &session, const std::optional<InstanceName> &instance)
{
    if (instance) {
        if (const auto known = knownInstance(session, *instance); !known)
            return fail(known.error());
    }
    const auto store = session.store();
    if (!store)
        return fail(store.error());
    const auto owned = ownedInstances(**store, instance);
    if (!owned)
        return fail(owned.error());
    const QDeadlineTimer deadline(kPatience);
    std::optional<Timestamp> begun;
    for (;;) {
        auto snapshot = Session::wait((*store)->live().sessions(instance));
        if (!snapshot)
            return snapshot;
        begun = begun.value_or(snapshot->asOf);
        const bool isFresh = std::ranges::all_of(*owned, [&](const QString &name) {
            const LiveInstance *live = instanceOrNull(*snapshot, name);
            return live && *begun - live->publishedAt <= kFreshness;
        });
        if (isFresh || deadline.hasExpired())
            return snapshot;
        QThread::msleep(static_cast<unsigned long>(kPause.count()));
    }
}

Expected<QString> ownerOf(Session &session, const InstanceName &instance)
{
    if (const auto known = knownInstance(session, instance); !known)
        return fail(known.error());
    const auto leases =
        session.store().and_then([](StoreHandle *store) { return Session::wait(store->leases().list()); });
    if (!leases)
        return fail(leases.error());
    for (const LeaseState &state : *leases) {
        if (state.lease.kind == LeaseKind::Instance && state.lease.name == instance.toString() && state.isFresh)
            return state.lease.holder;
    }
    return fail(ErrorKind::NoOwner, u"nobody has the lease of instance %1"_s.arg(instance.toString()),
                {{u"instance"_s, instance.toString()}});
}

Expected<SessionFact> sessionIn(const LiveSnapshot &snapshot, const SessionKey &key)
{
    const auto found = std::ranges::find(snapshot.sessions, key, &SessionFact::key);
    if (found != snapshot.sessions.end())
        return *found;
    const QString name = key.instance.toString();
    const LiveInstance *live = instanceOrNull(snapshot, name);
    if (!live || !live->owner)
        return fail(ErrorKind::NoOwner,
                    u"nobody has the lease of instance %1, so nothing is known of its sessions"_s.arg(name),
                    {{u"instance"_s, name}, {u"session"_s, key.toString()}});
    if (live->health.generation != key.generation)
        return fail(ErrorKind::NotFound,
                    u"there is no session %1: instance %2 is in generation %3"_s.arg(key.toString(), name)
                        .arg(live->health.generation),
                    {{u"session"_s, key.toString()}, {u"generation"_s, live->health.generation}});
    return fail(ErrorKind::NotFound, u"there is no session %1"_s.arg(key.toString()), {{u"session"_s, key.toString()}});
}

} // namespace interlock
