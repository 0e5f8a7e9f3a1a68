// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/networkkeeper.h"

#include "model/commands/andthen.h"
#include "model/engine/networkapplier.h"

#include <algorithm>
#include <set>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// A member that could not be written.
struct Trouble
{
    int tries = 0;
    bool isFinal = false; ///< refused: sending the same again is no use
    QElapsedTimer since;  ///< the last try
};

/// Whether sending it again may help. \source zerotier/FACTS.md 13
bool mayPass(ErrorKind kind)
{
    return kind == ErrorKind::BackendUnavailable || kind == ErrorKind::BackendMismatch;
}

bool isAboutNetworks(const Row &row)
{
    return std::holds_alternative<MemberRow>(row) || std::holds_alternative<NetworkRow>(row) ||
           std::holds_alternative<ControllerRow>(row);
}

/// What somebody else did to the routes that we had proved there.
QStringList driftTexts(const NetworkSight &sight)
{
    QStringList found;
    for (const RouteChange &change : driftOf(sight.rows.owned, sight.live.routes)) {
        const QString ours = change.planned->toString();
        found += change.was ? u"%1 is %2 now"_s.arg(ours, change.was->toString()) : ours + u" is gone"_s;
    }
    return found;
}

} // namespace

struct NetworkKeeper::Watched
{
    NetworkName name;
    QString state = u"equal"_s; ///< equal, drifted, lost, unreachable
    QString detail;
    std::map<NodeId, Trouble> troubles;
    std::map<NodeId, qint64> triedVersions; ///< of the rows in `troubles`
    QElapsedTimer copied;
};

NetworkKeeper::NetworkKeeper(const NetworkPorts &ports, ChangeFeed &feed, QString holder, NetworkTimes times,
                             QObject *parent)
    : QObject(parent), m_ports(ports), m_holder(std::move(holder)), m_times(times), m_reader(ports, this),
      m_pusher(ports, this)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &NetworkKeeper::beginRound);
    connect(&feed, &ChangeFeed::committed, this, &NetworkKeeper::changed);
}

NetworkKeeper::~NetworkKeeper() = default;

void NetworkKeeper::start()
{
    m_isStopped = false;
    m_timer.start(0);
}

void NetworkKeeper::stop()
{
    m_isStopped = true;
    m_timer.stop();
    m_queue.clear();
}

void NetworkKeeper::changed(const std::vector<JournalEntry> &entries)
{
    const bool isOurs = std::ranges::any_of(entries, [](const JournalEntry &entry) {
        return std::ranges::any_of(entry.changes,
                                   [](const RowChange &change) { return isAboutNetworks(change.any()); });
    });
    if (!isOurs || m_isStopped)
        return;
    m_isWantedAgain = m_isInRound;
    if (!m_isInRound)
        m_timer.start(m_times.afterEdit);
}

void NetworkKeeper::beginRound()
{
    m_isInRound = true;
    m_isWantedAgain = false;
    const auto names = std::make_shared<std::vector<NetworkName>>();
    const auto looked = m_ports.queries.inspect([names](Topology &topology) {
        names->clear();
        for (const NetworkRow &row : topology.rows<NetworkRow>())
            names->push_back(row.name);
    });
    whenDone(looked, this, [this, names](const Expected<void> &done) {
        // A store that is away is told of by who looks after the store.
        m_queue = done ? *names : std::vector<NetworkName>();
        if (done) {
            std::erase_if(m_watched,
                          [&](const auto &entry) { return std::ranges::find(*names, entry.first) == names->end(); });
        }
        lookAtNext();
    });
}

void NetworkKeeper::lookAtNext()
{
    if (m_queue.empty() || m_isStopped) {
        endRound();
        return;
    }
    const NetworkName name = m_queue.front();
    m_queue.erase(m_queue.begin());
    whenDone(m_reader.look(name), this, [this, name](const Expected<NetworkSight> &sight) { judge(name, sight); });
}

void NetworkKeeper::endRound()
{
    m_isInRound = false;
    if (!m_isStopped)
        m_timer.start(m_isWantedAgain ? m_times.afterEdit : m_times.watch);
    Q_EMIT roundEnded();
}

void NetworkKeeper::tell(const Watched &watched, NoticeLevel level, const QString &text)
{
    Q_EMIT noticed({watched.name, level, text});
}

/// One notice when the state changes, and one when it is over.
void NetworkKeeper::setState(Watched &watched, const QString &state, NoticeLevel level, const QString &text)
{
    if (watched.state == state && watched.detail == text)
        return;
    const bool isOver = state == u"equal"_s;
    watched.state = state;
    watched.detail = text;
    tell(watched, isOver ? NoticeLevel::Info : level, text);
}

void NetworkKeeper::judge(const NetworkName &name, const Expected<NetworkSight> &sight)
{
    Watched &watched = m_watched.try_emplace(name, Watched{name, u"equal"_s, {}, {}, {}, {}}).first->second;
    if (!sight) {
        const bool isLost = sight.error().payload["lost"_L1].toBool();
        setState(watched, isLost ? u"lost"_s : u"unreachable"_s, NoticeLevel::Error, sight.error().detail);
        lookAtNext();
        return;
    }
    judgeRoutes(watched, *sight);
    keepCopy(watched, *sight);
    if (hasWork(watched, *sight))
        push(name, *sight);
    else
        lookAtNext();
}

void NetworkKeeper::judgeRoutes(Watched &watched, const NetworkSight &sight)
{
    const QStringList drift = driftTexts(sight);
    if (!drift.isEmpty()) {
        setState(watched, u"drifted"_s, NoticeLevel::Warning,
                 u"somebody changed what was applied to network %1: %2; 'zt diff' shows it all"_s.arg(
                     watched.name.toString(), drift.mid(0, 5).join(u", "_s)));
    } else if (watched.state != u"equal"_s) {
        setState(watched, u"equal"_s, NoticeLevel::Info,
                 u"network %1 is there again as it was applied"_s.arg(watched.name.toString()));
        watched.detail.clear();
    }
}

void NetworkKeeper::keepCopy(Watched &watched, const NetworkSight &sight)
{
    if (watched.copied.isValid() && watched.copied.elapsed() < m_times.snapshot.count())
        return;
    watched.copied.start();
    const auto saved = m_ports.archive.saveSnapshot(snapshotOf(sight, u"timer"_s, m_ports.clock.now()));
    whenDone(saved, this, [this, name = watched.name](const Expected<SnapshotInfo> &kept) {
        if (!kept)
            Q_EMIT noticed({name, NoticeLevel::Warning, u"no snapshot was kept: "_s + kept.error().detail});
    });
}

/// Whether something is to be sent that was not tried too lately.
bool NetworkKeeper::hasWork(const Watched &watched, const NetworkSight &sight) const
{
    std::map<NodeId, qint64> versions;
    for (const MemberRow &row : sight.rows.members)
        versions.emplace(row.node, row.version);
    const auto mayTry = [&](const NodeId &node) {
        const auto trouble = watched.troubles.find(node);
        const auto tried = watched.triedVersions.find(node);
        if (trouble == watched.troubles.end() || tried == watched.triedVersions.end() ||
            tried->second != versions[node])
            return true;
        return !trouble->second.isFinal &&
               (trouble->second.tries < kMemberTries || trouble->second.since.elapsed() >= m_times.slow.count());
    };
    for (const MemberWrite &write : planMembers(wantedMembers(sight.rows), sight.members).writes) {
        if (mayTry(write.node))
            return true;
    }
    std::set<NodeId> there;
    for (const MemberRecord &record : sight.members)
        there.insert(record.node);
    return std::ranges::any_of(sight.rows.members, [&](const MemberRow &row) {
        return row.standing == MemberStanding::Removed && there.contains(row.node) && mayTry(row.node);
    });
}

void NetworkKeeper::push(const NetworkName &name, const NetworkSight &sight)
{
    std::map<NodeId, qint64> versions;
    for (const MemberRow &row : sight.rows.members)
        versions.emplace(row.node, row.version);
    const auto turn = std::make_shared<std::shared_ptr<NetworkTurn>>();
    const auto sent = andThen(NetworkTurn::take(m_ports.leases, name, m_holder, m_times.patience), this,
                              [this, turn, name](const std::shared_ptr<NetworkTurn> &taken) {
                                  *turn = taken;
                                  // Whoever wrote before us may have sent it already.
                                  return andThen(m_reader.look(name), this,
                                                 [this](const NetworkSight &now) { return m_pusher.push(now); });
                              });
    whenDone(sent, this, [this, turn, name, versions](const Expected<PushReport> &report) {
        turn->reset();
        const auto watched = m_watched.find(name);
        // Somebody else is writing, or went away meanwhile: the next look tells.
        if (report && watched != m_watched.end()) {
            for (const FailedMember &member : report->failed) {
                if (const auto version = versions.find(member.node); version != versions.end())
                    watched->second.triedVersions[member.node] = version->second;
            }
            pushed(watched->second, *report);
        }
        lookAtNext();
    });
}

void NetworkKeeper::pushed(Watched &watched, const PushReport &report)
{
    std::set<NodeId> failing;
    for (const FailedMember &member : report.failed) {
        failing.insert(member.node);
        memberFailed(watched, member);
    }
    for (auto trouble = watched.troubles.begin(); trouble != watched.troubles.end();) {
        if (failing.contains(trouble->first)) {
            ++trouble;
            continue;
        }
        tell(watched, NoticeLevel::Info,
             u"member %1 of network %2 is as it should be again"_s.arg(trouble->first.toString(),
                                                                       watched.name.toString()));
        watched.triedVersions.erase(trouble->first);
        trouble = watched.troubles.erase(trouble);
    }
    if (!report.written.empty()) {
        tell(watched, NoticeLevel::Info,
             u"%1 members of network %2 were written and read back"_s.arg(QString::number(report.written.size()),
                                                                          watched.name.toString()));
    }
}

/// A refusal is told once and not repeated; what may pass is counted. \source CASES.md C10, C11
void NetworkKeeper::memberFailed(Watched &watched, const FailedMember &member)
{
    Trouble &trouble = watched.troubles[member.node];
    trouble.since.start();
    ++trouble.tries;
    const QString what =
        u"member %1 of network %2: %3"_s.arg(member.node.toString(), watched.name.toString(), member.error.detail);
    if (!mayPass(member.error.kind)) {
        if (!trouble.isFinal)
            tell(watched, NoticeLevel::Error, what);
        trouble.isFinal = true;
    } else if (trouble.tries < kMemberTries) {
        tell(watched, NoticeLevel::Warning, u"%1 (try %2/%3)"_s.arg(what).arg(trouble.tries).arg(kMemberTries));
    } else if (trouble.tries == kMemberTries) {
        tell(watched, NoticeLevel::Error, u"%1 (try %2/%2); tried again now and then"_s.arg(what).arg(kMemberTries));
    }
}

} // namespace interlock
