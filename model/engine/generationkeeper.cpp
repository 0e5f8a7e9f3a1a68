// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/generationkeeper.h"

#include "model/commands/whendone.h"

#include <QTimer>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace interlock {

namespace {

/// A store that answers nothing for so long holds nobody up any longer.
constexpr int kTries = 8;
constexpr auto kReadAgain = 250ms;
/// A run that the store could not number is offered again.
constexpr auto kNumberAgain = 1s;

QString runText(const openvpn::ServerRun &run)
{
    return u"%1/%2"_s.arg(run.pid).arg(run.since.milliseconds());
}

/// A server that starts has no mark yet that tells one start from the next.
bool isMarked(const openvpn::ServerRun &run)
{
    return run.since != Timestamp();
}

} // namespace

GenerationKeeper::GenerationKeeper(InstanceName instance, LiveFeed &live, const LeaseKeeper &lease, QObject *parent)
    : QObject(parent), m_instance(std::move(instance)), m_live(live), m_lease(lease)
{
}

void GenerationKeeper::clear()
{
    ++m_serial;
    m_published.clear();
    m_generation = {};
    m_isNumbered = true; // until a run begins
}

void GenerationKeeper::load(std::function<void()> done)
{
    clear();
    read(std::move(done), kTries);
}

void GenerationKeeper::read(std::function<void()> done, int tries)
{
    const auto end = [this, done = std::move(done), tries, serial = m_serial](const Expected<LiveSnapshot> &snapshot,
                                                                              const Expected<Generation> &last) {
        if (serial != m_serial)
            return;
        if (take(snapshot, last) || tries <= 1)
            return done();
        // A run that is taken for a new one by mistake loses its sessions' history.
        QTimer::singleShot(kReadAgain, this, [this, done, tries, serial] {
            if (serial == m_serial)
                read(done, tries - 1);
        });
    };
    whenDone(m_live.sessions(m_instance), this, [this, end](const Expected<LiveSnapshot> &snapshot) {
        whenDone(m_live.lastGeneration(m_instance), this,
                 [end, snapshot](const Expected<Generation> &last) { end(snapshot, last); });
    });
}

bool GenerationKeeper::take(const Expected<LiveSnapshot> &snapshot, const Expected<Generation> &last)
{
    if (!snapshot || !last)
        return false;
    m_generation = *last;
    m_published.clear();
    for (const SessionFact &fact : snapshot->sessions) {
        if (fact.key.generation == m_generation.number)
            m_published.insert_or_assign(fact.key.cid, fact);
    }
    return true;
}

bool GenerationKeeper::isKnown(const openvpn::ServerRun &run) const
{
    return isMarked(run) && m_generation.run == runText(run);
}

void GenerationKeeper::begin(const openvpn::ServerRun &run)
{
    clear();
    m_isNumbered = false;
    Q_EMIT numberChanged(0);
    if (isMarked(run))
        askNumber(runText(run));
}

void GenerationKeeper::mark(const openvpn::ServerRun &run)
{
    if (!m_isNumbered)
        askNumber(runText(run));
}

void GenerationKeeper::askNumber(const QString &run)
{
    if (!m_lease.lease())
        return;
    m_isNumbered = true;
    whenDone(m_live.beginGeneration(*m_lease.lease(), run), this,
             [this, run, serial = m_serial](const Expected<Generation> &generation) {
                 if (serial != m_serial)
                     return;
                 if (!generation) {
                     QTimer::singleShot(kNumberAgain, this, [this, run, serial] {
                         if (serial == m_serial)
                             askNumber(run);
                     });
                     return;
                 }
                 m_generation = *generation;
                 Q_EMIT numberChanged(m_generation.number);
             });
}

const SessionFact *GenerationKeeper::publishedOrNull(openvpn::ClientId cid) const
{
    const auto it = m_published.find(cid.value);
    return it == m_published.end() ? nullptr : &it->second;
}

} // namespace interlock
