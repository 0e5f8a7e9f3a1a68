// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/ccdfolder.h"

#include "app/interlockctl/output.h"
#include "model/rules/ccdfilename.h"
#include "model/rules/visibility.h"

#include <QDir>
#include <QFile>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

constexpr qint64 kMaxFileSize = 1024 * 1024; // as CcdFile::parse()

/// What forbids to read an entry of the folder, or nothing.
QString refusalOf(const QFileInfo &info)
{
    if (info.isSymLink())
        return u"a symbolic link is not followed"_s;
    if (info.isDir())
        return u"a folder is not read"_s;
    if (!info.isFile())
        return u"it is no plain file"_s;
    if (info.size() > kMaxFileSize)
        return u"the file is larger than 1 MiB"_s;
    return {};
}

/// What of a file's addresses the rows cannot keep.
void checkAddresses(const CcdFile &file, const QString &name, const InstanceRow &instance,
                    std::vector<CcdFinding> &findings)
{
    const auto lose = [&](const QString &text, const QString &reason) {
        findings.push_back({name, 0, text, CcdSeverity::Loss, reason});
    };
    if (file.ifconfigPush) {
        const auto *network = std::get_if<Prefix>(&file.ifconfigPush->far);
        if (!network) {
            lose(
                u"ifconfig-push "_s + file.ifconfigPush->address.toString(),
                u"the form with a peer (topology net30 or p2p) is not kept; the address goes with the mask of %1"_s.arg(
                    instance.network.toString()));
        } else if (*network != instance.network) {
            lose(u"ifconfig-push %1 %2"_s.arg(file.ifconfigPush->address.toString(), network->netmask()),
                 u"the network of instance %1 is %2, so its mask would be another one"_s.arg(
                     instance.name.toString(), instance.network.toString()));
        }
    }
    if (file.ifconfigIpv6Push && file.ifconfigIpv6Push->remote)
        lose(u"ifconfig-ipv6-push "_s + file.ifconfigIpv6Push->address.toString(),
             u"the remote address is not kept: the server's own ifconfig-ipv6 gives it"_s);
    for (const NatPair &pair : file.clientNats) {
        findings.push_back(
            {name, 0, u"client-nat snat %1 as %2"_s.arg(pair.real.toString(), pair.virtualPrefix.toString()),
             CcdSeverity::Note,
             u"the LAN is imported under its real prefix; if it still collides it gets a stand-in at its "
             "first connect; 'claim stand-in' with --virtual asks for this one"_s});
    }
}

CcdEntry entryOf(const CommonName &cn, const CcdFile &file)
{
    CcdEntry entry{cn};
    if (file.ifconfigPush)
        entry.address = file.ifconfigPush->address;
    if (file.ifconfigIpv6Push)
        entry.address6 = file.ifconfigIpv6Push->address;
    entry.iroutes = file.lans();
    for (const PushOption &push : file.pushes)
        entry.options.emplace_back(push.type(), push.value());
    return entry;
}

void readOne(const QFileInfo &info, const InstanceRow &instance, CcdFolder &folder)
{
    const QString name = info.fileName();
    const auto refuse = [&](const QString &reason) {
        folder.findings.push_back({name, 0, {}, CcdSeverity::Loss, reason});
    };
    if (const QString refusal = refusalOf(info); !refusal.isEmpty())
        return refuse(refusal);
    const auto cn = commonNameFromFileName(name);
    if (!cn)
        return refuse(cn.error().detail);
    QFile file(info.filePath());
    if (!file.open(QIODevice::ReadOnly))
        return refuse(u"it cannot be read: "_s + file.errorString());
    // One byte more than allowed: a file that grows meanwhile is refused, not cut.
    const auto parsed = CcdFile::parse(file.read(kMaxFileSize + 1));
    if (!parsed)
        return refuse(parsed.error().detail);
    for (const CcdProblem &problem : parsed->problems)
        folder.findings.push_back({name, problem.line, problem.text, problem.severity, problem.reason});
    checkAddresses(*parsed, name, instance, folder.findings);
    folder.entries.push_back(entryOf(*cn, *parsed));
}

/// The LANs of `cn` as they were settled.
void addLans(CcdFile &file, const Topology &topology, const ConnectorRow &connector, const QString &name,
             std::vector<CcdFinding> &findings)
{
    for (const IrouteRow *iroute : topology.list<IrouteRow>(connector.cn)) {
        const auto *claim = topology.find<ClaimRow>(connector.cn, iroute->prefix);
        if (!claim || claim->isSentinel() || connector.translation == Translation::Host) {
            file.iroutes.push_back(iroute->prefix);
            if (!claim) {
                findings.push_back({name, 0, iroute->prefix.toString(), CcdSeverity::Note,
                                    u"this LAN has no verdict yet; the file gives its real prefix"_s});
            }
            continue;
        }
        file.iroutes.push_back(claim->virtualPrefix);
        if (connector.translation == Translation::Client)
            file.clientNats.push_back({claim->real, claim->virtualPrefix});
    }
}

void addOptions(CcdFile &file, const Topology &topology, OptionScope scope, const QString &holder)
{
    for (const OptionRow *row : topology.list<OptionRow>(scope, holder)) {
        if (const auto option = PushOption::parse(row->type, row->value))
            file.pushes.push_back(*option);
    }
}

void addAddresses(CcdFile &file, const Topology &topology, const InstanceRow &instance, const CommonName &cn)
{
    for (const AllocationRow *row : topology.list<AllocationRow>(instance.name, cn)) {
        if (row->address.isIPv4()) {
            file.ifconfigPush = IfconfigPush{row->address, instance.network};
            continue;
        }
        for (const PoolRow *pool : topology.list<PoolRow>(instance.name)) {
            if (pool->prefix.contains(row->address))
                file.ifconfigIpv6Push = IfconfigIpv6Push{row->address, pool->prefix.length(), std::nullopt};
        }
    }
}

/// Routes to the LANs of peers, as an answer would push them.
void addPeers(CcdFile &file, const Topology &topology, const CommonName &cn, const InstanceRow &instance)
{
    for (const Prefix &prefix : pushedPrefixes(topology, cn, instance)) {
        const OptionType type = prefix.isIPv4() ? OptionType::Route : OptionType::RouteIpv6;
        const auto option = PushOption::parse(type, prefix.toString());
        if (option && std::ranges::find(file.pushes, *option) == file.pushes.end())
            file.pushes.push_back(*option);
    }
}

} // namespace

Expected<CcdFolder> readCcdFolder(const QString &path, const InstanceRow &instance)
{
    const QFileInfo folder(path);
    if (!folder.isDir())
        return fail(ErrorKind::NotFound, u"there is no folder '%1'"_s.arg(path), {{u"path"_s, path}});
    if (!folder.isReadable())
        return fail(ErrorKind::ReadOnly, u"the folder '%1' cannot be read"_s.arg(path), {{u"path"_s, path}});
    CcdFolder result;
    const auto all =
        QDir(path).entryInfoList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot, QDir::Name);
    for (const QFileInfo &info : all)
        readOne(info, instance, result);
    return result;
}

CcdExport ccdFilesOf(const Topology &topology, const InstanceRow &instance, bool isComplete)
{
    CcdExport result;
    for (const ConnectorRow &connector : topology.rows<ConnectorRow>()) {
        const auto name = fileNameFor(connector.cn);
        if (!name) {
            result.findings.push_back({connector.cn.toString(), 0, {}, CcdSeverity::Loss, name.error().detail});
            continue;
        }
        CcdFile file;
        addAddresses(file, topology, instance, connector.cn);
        addLans(file, topology, connector, *name, result.findings);
        if (isComplete) {
            addPeers(file, topology, connector.cn, instance);
            addOptions(file, topology, OptionScope::Instance, instance.name.toString());
        }
        if (!connector.group.isEmpty())
            addOptions(file, topology, OptionScope::Group, connector.group);
        addOptions(file, topology, OptionScope::Cn, connector.cn.toString());
        result.files.push_back({*name, file.toText()});
    }
    return result;
}

QJsonArray findingsJson(const std::vector<CcdFinding> &findings)
{
    QJsonArray list;
    for (const CcdFinding &finding : findings) {
        list.append(QJsonObject{{u"file"_s, finding.file},
                                {u"line"_s, finding.line > 0 ? QJsonValue(finding.line) : QJsonValue()},
                                {u"text"_s, finding.text},
                                {u"severity"_s, finding.severity == CcdSeverity::Loss ? u"loss"_s : u"note"_s},
                                {u"reason"_s, finding.reason}});
    }
    return list;
}

QString findingText(const CcdFinding &finding)
{
    QString text = printable(finding.file);
    if (finding.line > 0)
        text += u":%1"_s.arg(finding.line);
    text += u": "_s + finding.reason;
    if (!finding.text.isEmpty())
        text += u": "_s + printable(finding.text);
    return text;
}

bool hasLoss(const std::vector<CcdFinding> &findings)
{
    return std::ranges::any_of(findings, [](const CcdFinding &f) { return f.severity == CcdSeverity::Loss; });
}

} // namespace interlock
