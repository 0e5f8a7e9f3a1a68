// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/exportfile.h"
#include "model/rules/importfile.h"
#include "model/rules/subnetqueries.h"
#include "tests/support/desk.h"

#include <QFile>
#include <QJsonArray>

#include <map>
#include <set>

// Carries acceptance cases of the tree out, written as steps of words.

namespace interlock::test {

using namespace Qt::StringLiterals;

const QString kOk = u"accepted"_s;

/// "tenant:prefix", without a tenant for the shared tree.
inline std::pair<QString, Prefix> placeOf(const QString &text)
{
    const qsizetype colon = text.startsWith(u"fd"_s) ? -1 : text.indexOf(u':');
    return {colon < 0 ? QString() : text.left(colon), pfx(text.mid(colon + 1))};
}

inline SubnetRow subnetRow(const QString &text, const QString &name = {})
{
    const auto [tenant, prefix] = placeOf(text);
    return {tenant, prefix, name, SubnetRole::None, {}, {}, {}, {}, 0};
}

inline QByteArray fixture(const QString &name)
{
    QFile file(QStringLiteral(INTERLOCK_FIXTURES "/import/") + name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

inline QString shortened(const QStringList &list)
{
    return list.size() <= 6 ? list.join(u' ') : u"%1 .. %2 (%3)"_s.arg(list.front(), list.back()).arg(list.size());
}

/// Carries steps out. A word that is a file has "\n" in it, or is the name of a fixture.
class SubnetBench
{
public:
    QString answer(const QString &said)
    {
        static const std::map<QString, QString (SubnetBench::*)(const QStringList &)> kVerbs{
            {u"add"_s, &SubnetBench::add},
            {u"root"_s, &SubnetBench::root},
            {u"under"_s, &SubnetBench::under},
            {u"name"_s, &SubnetBench::name},
            {u"touch"_s, &SubnetBench::touch},
            {u"move"_s, &SubnetBench::move},
            {u"remove"_s, &SubnetBench::remove},
            {u"subnets"_s, &SubnetBench::subnets},
            {u"many"_s, &SubnetBench::many},
            {u"allocate"_s, &SubnetBench::allocate},
            {u"request"_s, &SubnetBench::request},
            {u"take"_s, &SubnetBench::take},
            {u"in"_s, &SubnetBench::in},
            {u"fill"_s, &SubnetBench::fill},
            {u"release"_s, &SubnetBench::release},
            {u"addresses"_s, &SubnetBench::addresses},
            {u"hosts"_s, &SubnetBench::hosts},
            {u"import"_s, &SubnetBench::import},
            {u"create"_s, &SubnetBench::create},
            {u"export"_s, &SubnetBench::exported},
            {u"tree"_s, &SubnetBench::tree},
            {u"empty"_s, &SubnetBench::empty},
            {u"different"_s, &SubnetBench::different}};
        const QStringList words = said.split(u' ');
        return (this->*kVerbs.at(words.front()))(words.mid(1));
    }

private:
    QString run(const Command &command)
    {
        const auto outcome = m_desk.submit(command);
        return outcome ? kOk : nameOf(outcome.error().kind) + u": "_s + outcome.error().detail;
    }

    QString add(const QStringList &words) { return run(AddSubnet{subnetRow(words.at(0))}); }
    QString root(const QStringList &words)
    {
        AddSubnet command{subnetRow(words.at(0))};
        command.isRoot = true;
        return run(command);
    }
    QString under(const QStringList &words)
    {
        AddSubnet command{subnetRow(words.at(1))};
        command.under = pfx(words.at(0));
        return run(command);
    }
    /// As is, blanks and all.
    QString name(const QStringList &words) { return run(AddSubnet{subnetRow(words.at(0), words.mid(1).join(u' '))}); }
    QString touch(const QStringList &words)
    {
        const auto [tenant, prefix] = placeOf(words.at(0));
        SetSubnet command{tenant, prefix};
        command.description = u"again"_s;
        return run(command);
    }
    QString move(const QStringList &words)
    {
        const auto [tenant, prefix] = placeOf(words.at(0));
        return run(MoveSubnet{tenant, prefix, pfx(words.at(1))});
    }
    QString remove(const QStringList &words)
    {
        const auto [tenant, prefix] = placeOf(words.at(0));
        return run(RemoveSubnet{tenant, prefix, true});
    }
    QString subnets(const QStringList &)
    {
        QStringList list;
        m_desk.topology.subnets().forEach([&](const SubnetRow &row) {
            list += (row.tenant.isEmpty() ? QString() : row.tenant + u':') + row.prefix.toString();
        });
        return list.join(u' ');
    }
    /// PARENT LENGTH COUNT: subnets one after the other from the first place on, without asking whether they may be.
    QString many(const QStringList &words)
    {
        const Prefix parent = pfx(words.at(0));
        const int length = words.at(1).toInt();
        for (quint32 i = 0; i < words.at(2).toUInt(); ++i) {
            const auto at = static_cast<quint32>(parent.first().value()) + (i << static_cast<unsigned>(32 - length));
            SubnetRow row;
            row.prefix = Prefix(Address::ipv4(at), length);
            m_desk.topology.apply({std::nullopt, Row(row)});
        }
        return kOk;
    }
    QString allocate(const QStringList &words)
    {
        AllocateSubnets command{{}, pfx(words.at(0)), words.at(1).toInt(), words.value(2, u"1"_s).toInt(), {}};
        const auto outcome = m_desk.submit(command);
        if (!outcome)
            return nameOf(outcome.error().kind) + u": "_s + outcome.error().detail;
        QStringList list;
        for (const Row &row : std::get<SubnetOutcome>(*outcome).rows)
            list += std::get<SubnetRow>(row).prefix.toString();
        return list.join(u' ');
    }
    QString request(const QStringList &words)
    {
        const auto [tenant, prefix] = placeOf(words.at(0));
        RequestAddress command{tenant, prefix, u"device"_s};
        command.count = words.value(1, u"1"_s).toInt();
        const auto outcome = m_desk.submit(command);
        if (!outcome)
            return nameOf(outcome.error().kind) + u": "_s + outcome.error().detail;
        QStringList list;
        for (const Row &row : std::get<SubnetOutcome>(*outcome).rows)
            list += std::get<AddressRow>(row).address.toString();
        return shortened(list);
    }
    QString take(const QStringList &words)
    {
        return run(AddAddress{words.value(1), addr(words.at(0)), AddressState::Used, u"someone"_s});
    }
    /// SUBNET ADDRESS
    QString in(const QStringList &words)
    {
        AddAddress command{{}, addr(words.at(1)), AddressState::Used, u"someone"_s};
        command.subnet = pfx(words.at(0));
        return run(command);
    }
    /// FIRST COUNT: used addresses one after the other, without asking.
    QString fill(const QStringList &words)
    {
        const Address first = addr(words.at(0));
        for (quint32 i = 0; i < words.at(1).toUInt(); ++i) {
            AddressRow row;
            row.address = Address(first.family(), first.value() + i);
            m_desk.topology.apply({std::nullopt, Row(row)});
        }
        return kOk;
    }
    QString release(const QStringList &words) { return run(ReleaseAddress{{}, addr(words.at(0))}); }
    QString addresses(const QStringList &)
    {
        QStringList list;
        m_desk.topology.addresses().forEach([&](const AddressRow &row) { list += row.address.toString(); });
        return shortened(list);
    }
    /// SUBNET LIMIT [START]
    QString hosts(const QStringList &words)
    {
        const auto from = words.size() < 3
                              ? Expected<std::optional<Address>>(std::nullopt)
                              : Address::parse(words.at(2)).map([](Address a) { return std::optional(a); });
        if (!from)
            return nameOf(from.error().kind);
        const auto page = listHosts(m_desk.topology, {}, pfx(words.at(0)), *from, words.at(1).toUInt());
        if (!page)
            return nameOf(page.error().kind);
        static const QStringList kStates{u"free"_s,        u"used"_s,    u"reserved"_s,
                                         u"quarantined"_s, u"inChild"_s, u"allocation"_s};
        QStringList list;
        for (const HostRow &row : page->rows)
            list += row.address.toString() + u'=' + kStates.at(static_cast<int>(row.state));
        return shortened(list) + (page->next ? u" next "_s + page->next->toString() : QString());
    }
    /// As interlockctl does: with bad rows the good ones are only tried. Answers the errors, "LINE COLUMN", by line.
    QString store(const QByteArray &bytes, bool createsTenants)
    {
        ImportReader reader;
        reader.feed(bytes);
        ImportFile file = reader.finish();
        std::multimap<qint64, QString> errors;
        for (const ImportProblem &problem : file.problems)
            errors.emplace(problem.line, problem.column);
        ImportSubnets command{file.subnets, file.addresses, true, createsTenants};
        const std::size_t before = m_desk.topology.subnets().size() + m_desk.topology.addresses().size();
        TopologyEdit trial(m_desk.topology);
        const auto outcome = decide(trial, command, m_desk.now);
        if (!outcome) {
            for (const QJsonValue &value : outcome.error().payload.value("errors"_L1).toArray()) {
                const bool isSubnet = value["table"_L1].toString() == u"subnet";
                const auto row = static_cast<std::size_t>(value["row"_L1].toInteger());
                errors.emplace((isSubnet ? file.subnetLines : file.addressLines).at(row),
                               isSubnet ? u"prefix"_s : u"address"_s);
            }
        }
        if (!errors.empty()) {
            QStringList list;
            for (const auto &[line, column] : errors)
                list += u"%1 %2"_s.arg(line).arg(column).trimmed();
            return u"refused: "_s + list.join(u", "_s);
        }
        (void)trial.take();
        const std::size_t after = m_desk.topology.subnets().size() + m_desk.topology.addresses().size();
        return u"%1 new"_s.arg(after - before);
    }
    static QByteArray bytesOf(const QStringList &words)
    {
        const QString text = words.join(u' ');
        return text.endsWith(u".csv"_s) ? fixture(text) : text.toUtf8().replace("\\n", "\n");
    }
    QString import(const QStringList &words) { return store(bytesOf(words), false); }
    QString create(const QStringList &words) { return store(bytesOf(words), true); }
    /// OpenWISP's form of a subnet, compared with a fixture.
    QString exported(const QStringList &words)
    {
        const auto [tenant, prefix] = placeOf(words.at(0));
        QByteArray bytes;
        exportOpenWisp(*m_desk.topology.subnets().find(tenant, prefix),
                       listAddresses(m_desk.topology, tenant, prefix, std::nullopt, 1000),
                       [&](const QByteArray &piece) {
                           bytes += piece;
                           return true;
                       });
        return bytes == fixture(words.at(1)) ? u"the same bytes"_s : QString::fromUtf8(bytes);
    }
    /// Everything out as CSV or JSON, and into an empty store.
    QString tree(const QStringList &words)
    {
        ExportRows rows;
        m_desk.topology.subnets().forEach([&](const SubnetRow &row) { rows.subnets.push_back(row); });
        m_desk.topology.addresses().forEach([&](const AddressRow &row) { rows.addresses.push_back(row); });
        QByteArray bytes;
        (words.at(0) == u"csv"_s ? exportCsv : exportJson)(rows, [&](const QByteArray &piece) {
            bytes += piece;
            return true;
        });
        const QStringList before = contentOf();
        empty({});
        const QString said = store(bytes, true);
        return contentOf() == before ? u"identical"_s : said;
    }
    QStringList contentOf()
    {
        QStringList list;
        for (const QString &line : m_desk.content()) {
            if (line.startsWith(u"subnet"_s) || line.startsWith(u"tenant"_s))
                list += line;
        }
        return list;
    }
    QString empty(const QStringList &)
    {
        m_desk.topology = Topology();
        return kOk;
    }
    /// SUBNET COUNT: how many different addresses so many requests of two consoles in turn are given.
    QString different(const QStringList &words)
    {
        std::set<QString> found;
        for (int i = 0; i < words.at(1).toInt(); ++i)
            found.insert(request({words.at(0)}));
        return QString::number(found.size());
    }

    Desk m_desk;
};

} // namespace interlock::test
