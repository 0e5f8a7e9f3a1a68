// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/counted.h"
#include "app/interlockctl/devicelookup.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/textfile.h"
#include "app/interlockctl/variablewords.h"
#include "model/rules/linediff.h"
#include "model/rules/templatetext.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct TemplateArgs
{
    std::optional<QString> name;
    std::optional<QString> file;
    std::optional<QString> text;
    std::optional<QString> description;
    std::vector<QString> variables;
    bool isRaw = false;
    EditOptions edit;
};

void declareContent(Arguments args, TemplateArgs &a)
{
    args.optional("--file", a.file, "Its text, with {{ name }} where a value goes; - is standard input", "FILE");
    args.optional("--text", a.text, "The same on the command line", "TEXT");
    args.optional("--description", a.description, "Free text", "D");
}

void declareAdd(Arguments args, TemplateArgs &a)
{
    args.required("NAME", a.name, "A name for it");
    declareContent(args, a);
    args.repeated("--variable", a.variables, false, "A value where neither device nor network has one", "NAME=VALUE");
    args.edit(a.edit);
}

void declareSet(Arguments args, TemplateArgs &a)
{
    args.required("NAME", a.name, "A template, made when there is none; what is not named stays");
    declareContent(args, a);
    args.repeated("--variable", a.variables, false,
                  "A value where neither device nor network has one; NAME alone takes it away", "NAME[=VALUE]");
    args.edit(a.edit);
}

void declareShow(Arguments args, TemplateArgs &a)
{
    args.required("NAME", a.name, "A template");
    args.flag("--raw", a.isRaw, "Print its text and nothing else, as 'template set --file -' takes it");
}

void declareRemove(Arguments args, TemplateArgs &a)
{
    args.required("NAME", a.name, "A template; its variables go with it, rendered files stay");
    args.edit(a.edit);
}

void declareNothing(Arguments, TemplateArgs &) {}

QJsonArray usesOf(const TemplateRow &row)
{
    QJsonArray names;
    for (const QString &name : variablesOf(row.text))
        names.append(name);
    return names;
}

Expected<std::optional<QString>> textOf(const TemplateArgs &a)
{
    if (a.file && a.text)
        return fail(ErrorKind::Usage, u"give --file or --text"_s);
    if (!a.file)
        return a.text;
    return readTextFile(*a.file).map([](QString text) { return std::optional(std::move(text)); });
}

/// What a dry run would make of the text: a whole template in one line is no preview.
QString textChanges(const Receipt &receipt)
{
    for (const RowChange &change : receipt.changes) {
        const auto *before = change.before ? std::get_if<TemplateRow>(&*change.before) : nullptr;
        const auto *after = change.after ? std::get_if<TemplateRow>(&*change.after) : nullptr;
        if (before && after && before->text != after->text)
            return unifiedDiff(before->text, after->text, {before->name, after->name});
    }
    return {};
}

/// For people: the same changes, the text's as a diff.
Receipt withoutText(Receipt receipt)
{
    for (RowChange &change : receipt.changes) {
        auto *before = change.before ? std::get_if<TemplateRow>(&*change.before) : nullptr;
        const auto *after = change.after ? std::get_if<TemplateRow>(&*change.after) : nullptr;
        if (before && after)
            before->text = after->text;
    }
    return receipt;
}

Expected<Answer> answerTemplate(Session &session, const TemplateArgs &a, Command command, const QString &done)
{
    const auto receipt = session.edit(std::move(command), a.edit);
    if (!receipt)
        return fail(receipt.error());
    QJsonObject body = holderBody<TemplateRow>(*receipt);
    if (const auto rows = rowsOf<TemplateRow>(*receipt); !rows.empty())
        body.insert(u"uses"_s, usesOf(rows.front()));
    Answer answer = editAnswer(a.edit, *receipt, body, done);
    if (const QString diff = textChanges(*receipt); a.edit.isDryRun && !diff.isEmpty())
        answer.text = editAnswer(a.edit, withoutText(*receipt), body, done).text + u'\n' + diff.trimmed();
    return answer;
}

Expected<Answer> store(Session &session, const TemplateArgs &a, BareName bareName, bool isNew, const QString &done)
{
    auto variables = readAssignments(a.variables, bareName);
    if (!variables)
        return fail(variables.error());
    auto text = textOf(a);
    if (!text)
        return fail(text.error());
    return answerTemplate(session, a,
                          SetTemplate{*a.name, *std::move(text), a.description, isNew, *std::move(variables)}, done);
}

Expected<Answer> add(Session &session, const TemplateArgs &a)
{
    return store(session, a, BareName::Refused, true, u"Template %1 is stored."_s.arg(*a.name));
}

Expected<Answer> set(Session &session, const TemplateArgs &a)
{
    return store(session, a, BareName::Removes, false, u"Template %1 is set."_s.arg(*a.name));
}

Expected<Answer> remove(Session &session, const TemplateArgs &a)
{
    return answerTemplate(session, a, RemoveTemplate{*a.name}, u"Template %1 is removed."_s.arg(*a.name));
}

Expected<Answer> list(Session &session, const TemplateArgs &)
{
    return session.look([](Topology &topology) {
        Table table({u"TEMPLATE"_s, u"LINES"_s, u"USES"_s, u"VARIABLES"_s, u"DESCRIPTION"_s},
                    u"There are no templates yet. 'template add --file FILE' stores one."_s);
        QJsonArray templates;
        for (const TemplateRow &row : topology.rows<TemplateRow>()) {
            const QJsonArray uses = usesOf(row);
            const qint64 variables = std::ssize(topology.list<VariableRow>(VariableScope::Template, row.name));
            const bool hasRest = !row.text.isEmpty() && !row.text.endsWith(u'\n');
            const qint64 lines = row.text.count(u'\n') + (hasRest ? 1 : 0);
            QJsonObject object = rowJson(row);
            object.remove(u"text"_s);
            object.insert(u"lineCount"_s, lines);
            object.insert(u"checksum"_s, textChecksum(row.text));
            object.insert(u"uses"_s, uses);
            object.insert(u"variableCount"_s, variables);
            templates.append(object);
            table.add({row.name, QString::number(lines), QString::number(uses.size()), QString::number(variables),
                       row.description});
        }
        return Answer{{{u"templates"_s, templates}}, table.toString(), {}, 0};
    });
}

Answer shown(const TemplateRow &row, const std::vector<VariableRow> &variables)
{
    Table head({u"TEMPLATE"_s, u"VERSION"_s, u"DESCRIPTION"_s}, QString());
    head.add({row.name, QString::number(row.version), row.description});
    Table uses({u"USES"_s, u"DEFAULT"_s}, u"It uses no variables."_s);
    for (const QString &name : variablesOf(row.text)) {
        const auto found = std::ranges::find(variables, name, &VariableRow::variable);
        uses.add({name, found == variables.end() ? u"-"_s : found->value});
    }
    QJsonObject object = rowJson(row);
    object.insert(u"checksum"_s, textChecksum(row.text));
    object.insert(u"uses"_s, usesOf(row));
    object.insert(u"variables"_s, variablesJson(variables));
    const QStringList parts{head.toString(), uses.toString(), row.text};
    return {object, parts.join(u"\n\n"_s), {}, 0};
}

Expected<Answer> show(Session &session, const TemplateArgs &a)
{
    return session.tryLook([&a](Topology &topology) -> Expected<Answer> {
        const auto row = templateIn(topology, *a.name);
        if (!row)
            return fail(row.error());
        Answer answer = shown(*row, variablesIn(topology, VariableScope::Template, *a.name));
        if (a.isRaw) {
            answer.text.clear();
            answer.bytes = row->text.toUtf8();
        }
        return answer;
    });
}

} // namespace

void addTemplateCommands(CommandTree &tree)
{
    CLI::App &group = tree.addGroup("template", "Texts with {{ name }} in them, from which configurations are made");
    tree.addVerb<TemplateArgs>(group, "add", "Store a template, once its text is found to be sound", declareAdd, add);
    tree.addVerb<TemplateArgs>(group, "set", "Change a template and its variables", declareSet, set);
    tree.addVerb<TemplateArgs>(group, "list", "List templates", declareNothing, list);
    tree.addVerb<TemplateArgs>(group, "show", "Show a template's text, what it uses and what it brings", declareShow,
                               show);
    tree.addVerb<TemplateArgs>(group, "remove", "Remove a template", declareRemove, remove);
}

} // namespace interlock
