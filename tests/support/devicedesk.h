// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/desk.h"

#include <QTest>

namespace interlock {

using namespace Qt::StringLiterals;

inline NetworkName network(QStringView name)
{
    return NetworkName::parse(name).value();
}

inline NodeId node(QStringView text)
{
    return NodeId::parse(text).value();
}

/// A desk with the networks lab (10.1.0.0/16) and yard (10.2.0.0/16) on one controller.
struct DeviceDesk : Desk
{
    DeviceDesk()
    {
        given(AddController{{ControllerName::parse(u"hq").value(),
                             u"http://127.0.0.1:9993"_s,
                             u"/etc/token"_s,
                             ControllerFlavour::SelfHosted,
                             {},
                             {},
                             0}});
        addNetwork(u"lab", u"10.1.0.0/16", u"8056c2e21c000001");
        addNetwork(u"yard", u"10.2.0.0/16", u"8056c2e21c000002");
    }

    void given(const Command &command) { QCOMPARE(said(command), u"accepted"_s); }
    /// "accepted", or kind and sentence of the refusal.
    QString said(const Command &command)
    {
        const auto outcome = submit(command);
        return outcome ? u"accepted"_s : nameOf(outcome.error().kind) + u": "_s + outcome.error().detail;
    }
    void addSubnet(QStringView prefix) { given(AddSubnet{{{}, pfx(prefix), {}, SubnetRole::None, {}, {}, {}, {}, 0}}); }
    void addNetwork(QStringView name, QStringView subnet, QStringView id)
    {
        addSubnet(subnet);
        given(AddNetwork{{network(name),
                          NetworkId::parse(id).value(),
                          ControllerName::parse(u"hq").value(),
                          {},
                          pfx(subnet),
                          ChildRoutes::Off,
                          ParentRoute::Attached,
                          {},
                          {},
                          {},
                          false,
                          kNotOurs,
                          kNotOurs,
                          {},
                          {},
                          {},
                          {},
                          0}});
    }
    static AddDevice adding(const QString &name, const std::optional<NodeId> &id = {}, const QString &group = {})
    {
        return {{name, group, id, {}, {}, {}, 0}};
    }
    QString provision(const QString &device, QStringView name, const QString &address = {})
    {
        ProvisionDevice command{device, network(name)};
        if (!address.isEmpty())
            command.address = addr(address);
        return said(command);
    }
    /// "lab aabbccddee authorized 10.1.0.1 till-1"
    [[nodiscard]] QStringList members() const
    {
        QStringList list;
        for (const MemberRow &row : topology.rows<MemberRow>()) {
            list += QStringList{row.network.toString(), row.node.toString(), enumText(row.standing),
                                row.address ? row.address->toString() : u"-"_s, row.device}
                        .join(u' ')
                        .trimmed();
        }
        return list;
    }
    /// "10.1.0.1 till-1"
    [[nodiscard]] QStringList used() const
    {
        QStringList list;
        topology.addresses().forEach([&](const AddressRow &row) {
            if (row.state == AddressState::Used)
                list += row.address.toString() + u' ' + row.holder;
        });
        return list;
    }
    /// "group shops a=1"
    [[nodiscard]] QStringList variables() const
    {
        QStringList list;
        for (const VariableRow &row : topology.rows<VariableRow>())
            list += u"%1 %2 %3=%4"_s.arg(enumText(row.scope), row.holder, row.variable, row.value);
        return list;
    }
    [[nodiscard]] qint64 deviceVersion(const QString &name) const
    {
        const auto *row = topology.find<DeviceRow>(name);
        return row ? row->version : 0;
    }
    /// Every row of the tables that these commands write, without versions and times.
    [[nodiscard]] QStringList rows() const { return members() + used() + variables() + names(); }
    [[nodiscard]] QStringList names() const
    {
        QStringList list;
        for (const DeviceRow &row : topology.rows<DeviceRow>()) {
            list += u"device %1 %2 %3 %4"_s.arg(row.device, row.group, row.node ? row.node->toString() : u"-"_s,
                                                row.cn ? row.cn->toString() : u"-"_s);
        }
        for (const GroupRow &row : topology.rows<GroupRow>())
            list += u"group "_s + row.group;
        for (const TemplateRow &row : topology.rows<TemplateRow>())
            list += u"template %1 %2"_s.arg(row.name, row.text);
        return list;
    }
    /// The rows are as before after `command` and its undo, and not in between.
    void verifyUndo(const Command &command)
    {
        const QStringList before = rows();
        given(command);
        QVERIFY(rows() != before);
        QCOMPARE(undo(), u"accepted"_s);
        QCOMPARE(rows(), before);
    }
};

} // namespace interlock
