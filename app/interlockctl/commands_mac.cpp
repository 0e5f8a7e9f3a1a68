// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/table.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

enum class LearnWord { Add, Update, Delete };

} // namespace

/// The operations of OpenVPN's learn-address.
template <>
struct EnumNames<LearnWord>
{
    static constexpr NameTable<LearnWord, 3> kTable{
        {{LearnWord::Add, u"add"}, {LearnWord::Update, u"update"}, {LearnWord::Delete, u"delete"}}};
};

namespace {

struct MacArgs
{
    std::optional<MacAddress> mac;
    std::optional<LearnWord> operation;
    std::optional<CommonName> cn;
    std::optional<InstanceName> instance;
    EditOptions edit;
};

void declareList(Arguments args, MacArgs &a)
{
    args.optional("CN", a.cn, "Only MACs behind this connector");
    args.optional("--instance", a.instance, "Only MACs learnt on this instance", "NAME");
}

void declareFind(Arguments args, MacArgs &a)
{
    args.required("MAC", a.mac, "In any of the usual forms, with or without @vid");
}

void declareApply(Arguments args, MacArgs &a)
{
    args.required("OPERATION", a.operation, "add, update or delete, as learn-address says it");
    args.required("MAC", a.mac, "In any of the usual forms, with or without @vid");
    args.optional("CN", a.cn, "Behind whom it was seen; not for delete");
    args.optional("--instance", a.instance, "On which instance; not needed for delete", "NAME");
    args.dryRun(a.edit);
}

Expected<std::vector<MacEntry>> allMacs(Session &session)
{
    return session.store().and_then([](StoreHandle *store) { return Session::wait(store->queries().macs()); });
}

Expected<Answer> list(Session &session, const MacArgs &a)
{
    return allMacs(session).map([&a](const std::vector<MacEntry> &entries) {
        Table table({u"MAC"_s, u"CN"_s, u"INSTANCE"_s, u"LAST SEEN"_s}, u"No MAC is learnt yet."_s);
        QJsonArray macs;
        for (const MacEntry &entry : entries) {
            if ((a.cn && entry.cn != *a.cn) || (a.instance && entry.instance != *a.instance))
                continue;
            macs.append(macJson(entry));
            table.add(
                {entry.mac.toString(), entry.cn.toString(), entry.instance.toString(), entry.lastSeen.toString()});
        }
        return Answer{{{u"macs"_s, macs}}, table.toString(), {}, 0};
    });
}

Expected<Answer> find(Session &session, const MacArgs &a)
{
    return allMacs(session).map([&a](const std::vector<MacEntry> &entries) {
        const auto found = std::ranges::find(entries, *a.mac, &MacEntry::mac);
        const QString mac = a.mac->toString();
        if (found != entries.end()) {
            return Answer{macJson(*found),
                          u"%1 is behind %2 on %3, last seen %4."_s.arg(
                              mac, found->cn.toString(), found->instance.toString(), found->lastSeen.toString()),
                          {},
                          0};
        }
        return Answer{{{u"mac"_s, mac},
                       {u"cn"_s, QJsonValue()},
                       {u"instance"_s, QJsonValue()},
                       {u"lastSeen"_s, QJsonValue()},
                       {u"state"_s, u"notLearnt"_s}},
                      u"%1 is not learnt yet: no frame of it was seen since the instance started."_s.arg(mac),
                      {},
                      0};
    });
}

Expected<Answer> forget(Session &session, const MacArgs &a)
{
    const QJsonObject document{{u"mac"_s, a.mac->toString()},
                               {u"cn"_s, QJsonValue()},
                               {u"state"_s, u"notLearnt"_s},
                               {u"journal"_s, QJsonValue()}};
    const auto store = session.store();
    if (!store)
        return fail(store.error());
    if (!a.edit.isDryRun) {
        if (const auto done = Session::wait((*store)->macs().forgetMac(*a.mac)); !done)
            return fail(done.error());
    }
    return Answer{document,
                  u"%1 is not learnt %2."_s.arg(a.mac->toString(), a.edit.isDryRun ? u"after that"_s : u"any more"_s),
                  {},
                  0};
}

Expected<Answer> apply(Session &session, const MacArgs &a)
{
    if (*a.operation == LearnWord::Delete)
        return forget(session, a);
    if (!a.cn || !a.instance)
        return fail(ErrorKind::Usage, u"%1 needs MAC CN --instance NAME"_s.arg(enumText(*a.operation)));
    const auto known = session.tryLook([&a](Topology &topology) -> Expected<bool> {
        return instanceIn(topology, *a.instance).map([](const InstanceRow *) { return true; });
    });
    if (!known)
        return fail(known.error());
    const MacEntry entry{*a.mac, *a.cn, *a.instance, Session::now()};
    if (!a.edit.isDryRun) {
        const auto store = session.store();
        if (const auto done = Session::wait((*store)->macs().learnMac(entry)); !done)
            return fail(done.error());
    }
    QJsonObject document = macJson(entry);
    document.insert(u"journal"_s, QJsonValue()); // a live fact: not journalled, not undone
    return Answer{document,
                  u"%1%2 is behind %3 on %4."_s.arg(a.edit.isDryRun ? u"Dry run: then "_s : QString(),
                                                    a.mac->toString(), a.cn->toString(), a.instance->toString()),
                  {},
                  0};
}

} // namespace

void addMacCommands(CommandTree &tree)
{
    CLI::App &group = tree.addGroup("mac", "Behind which connector a MAC was seen (live facts, not journalled)");
    tree.addVerb<MacArgs>(group, "list", "List learnt MACs", declareList, list);
    tree.addVerb<MacArgs>(group, "find", "Behind which connector a MAC is", declareFind, find);
    tree.addVerb<MacArgs>(group, "apply", "Carry out one line of learn-address", declareApply, apply);
}

} // namespace interlock
