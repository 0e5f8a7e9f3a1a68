// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/counted.h"
#include "app/interlockctl/devicelookup.h"
#include "app/interlockctl/output.h"
#include "app/interlockctl/rendering.h"
#include "app/interlockctl/table.h"
#include "app/interlockctl/variablewords.h"
#include "model/rules/devicefilename.h"

#include <QDir>
#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct RenderArgs
{
    QStringList names;
    std::optional<QString> templateName;
    std::optional<QString> output;
    std::optional<QString> group;
    bool isAll = false;
    bool isDiff = false;
    bool isForced = false;
    EditOptions edit;

    [[nodiscard]] bool isOne() const { return !isAll && !group && names.size() == 1; }
};

void declareRender(Arguments args, RenderArgs &a)
{
    args.words("NAME", a.names, "The devices; or --group, or --all");
    args.required("--template", a.templateName, "What their configuration is made from", "T");
    args.flag("--all", a.isAll, "All devices");
    args.optional("--group", a.group, "All devices of this group", "G");
    args.optional("--output", a.output,
                  "The file to write, or the folder with a file for each device; both are made (default: standard "
                  "output, for one device)",
                  "FILE|DIR");
    args.flag("--diff", a.isDiff,
              "Print what is different from the last time; with --dry-run this stays the last time");
    args.flag("--force", a.isForced, "Also replace a file that is not what was rendered last");
    args.flag("--dry-run", a.edit.isDryRun, "Write no file, and do not remember the text for --diff");
}

Expected<void> checkArgs(const RenderArgs &a)
{
    const int ways = (a.isAll ? 1 : 0) + (a.group ? 1 : 0) + (a.names.isEmpty() ? 0 : 1);
    if (ways != 1)
        return fail(ErrorKind::Usage, u"say which devices: NAME..., --group G or --all, one of the three"_s);
    if (!a.isOne() && !a.output && !a.isDiff && !a.edit.isDryRun)
        return fail(ErrorKind::Usage, u"say where to: --output DIR; or look first: --diff, --dry-run"_s);
    if (!a.isOne() && a.output && QFileInfo::exists(*a.output) && !QFileInfo(*a.output).isDir()) {
        return fail(ErrorKind::Exists, u"'%1' is no folder: several devices need one"_s.arg(*a.output),
                    {{u"path"_s, *a.output}});
    }
    return {};
}

/// The names of the devices that are meant, ascending. \returns NotFound for the group or the template
Expected<QStringList> devicesOf(Session &session, const RenderArgs &a)
{
    return session.tryLook([&a](Topology &topology) -> Expected<QStringList> {
        if (const auto found = templateIn(topology, *a.templateName); !found)
            return fail(found.error());
        QStringList names = a.names;
        if (a.group) {
            if (const auto found = groupIn(topology, *a.group); !found)
                return fail(found.error());
        }
        for (const DeviceRow &row : topology.rows<DeviceRow>()) {
            if (a.isAll || (a.group && row.group == *a.group))
                names += row.device;
        }
        names.sort();
        names.removeDuplicates();
        return names;
    });
}

/// Where the text goes; none: to standard output.
Expected<std::optional<QString>> pathFor(const RenderArgs &a, const QString &device)
{
    if (!a.output)
        return std::nullopt;
    const bool isFolder = !a.isOne() || a.output->endsWith(u'/') || QFileInfo(*a.output).isDir();
    if (!isFolder)
        return a.output;
    return deviceFileName(device).map(
        [&a](const QString &name) { return std::optional(QDir(*a.output).filePath(name)); });
}

Expected<MadeRendering> make(Session &session, const RenderArgs &a, const RenderOrder &order, const QString &device)
{
    const auto path = pathFor(a, device);
    if (!path)
        return fail(path.error());
    return makeRendering(session, order, device, *path);
}

QString fileText(const RenderOrder &order, const MadeRendering &rendering)
{
    const QString &path = *rendering.path;
    if (rendering.need == FileNeed::Nothing)
        return u"'%1' says it already."_s.arg(path);
    return order.isDryRun ? u"Dry run: '%1' would be written."_s.arg(path) : u"'%1' is written."_s.arg(path);
}

/// What a person sees of one: the text, or the difference, or where it went.
void describeOne(Answer &answer, const RenderArgs &a, const RenderOrder &order, const MadeRendering &rendering)
{
    answer.notes = warningNotes(rendering.made.warnings);
    if (a.isDiff) {
        answer.bytes = rendering.diff(order.templateName).toUtf8();
        if (!rendering.isChanged())
            answer.notes += u"It is as it was rendered at %1."_s.arg(rendering.previous->renderedAt.toString());
        if (rendering.path)
            answer.notes += fileText(order, rendering);
    } else if (rendering.path) {
        answer.text = fileText(order, rendering);
    } else {
        answer.bytes = rendering.made.rendering.text.toUtf8();
    }
}

Expected<Answer> renderOne(Session &session, const RenderArgs &a, const RenderOrder &order)
{
    const auto rendering = make(session, a, order, a.names.front());
    if (!rendering)
        return fail(rendering.error());
    Answer answer{renderingJson(order, *rendering), {}, {}, 0};
    answer.document.insert(u"text"_s, rendering->made.rendering.text);
    answer.document.insert(u"diff"_s, rendering->diff(order.templateName));
    answer.document.insert(u"journal"_s, QJsonValue());
    if (order.isDryRun)
        answer.document.insert(u"dryRun"_s, true);
    describeOne(answer, a, order, *rendering);
    const auto kept = keepRendering(session, order, *rendering);
    if (!kept && !kept.error().payload.value(u"written"_s).toBool())
        return fail(kept.error());
    if (!kept) {
        answer.document.insert(u"error"_s, errorJson(kept.error()));
        answer.notes += u"warning: the text was not remembered for --diff: "_s + kept.error().detail;
        answer.exitCode = 3;
    }
    return answer;
}

/// Devices one after the other: what could be made, and what not.
class RenderBatch
{
public:
    RenderBatch(Session &session, const RenderArgs &args, const RenderOrder &order)
        : m_session(session), m_args(args), m_order(order)
    {
    }

    void add(const QString &device)
    {
        const auto rendering = make(m_session, m_args, m_order, device);
        if (!rendering)
            return refuse(device, rendering.error());
        if (const auto kept = keepRendering(m_session, m_order, *rendering); !kept)
            return refuse(device, kept.error());
        QJsonObject object = renderingJson(m_order, *rendering);
        if (m_args.isDiff) {
            const QString diff = rendering->diff(m_order.templateName);
            object.insert(u"diff"_s, diff);
            m_diffs += diff.toUtf8();
        }
        m_made.append(object);
        for (const QString &note : warningNotes(rendering->made.warnings))
            m_notes += u"%1: %2"_s.arg(device, note);
        m_table.add({device,
                     !rendering->previous     ? u"new"_s
                     : rendering->isChanged() ? u"changed"_s
                                              : u"unchanged"_s,
                     rendering->path ? fileState(*rendering) : u"-"_s, rendering->path.value_or(QString())});
    }

    Expected<Answer> answer()
    {
        if (m_made.isEmpty() && !m_failed.isEmpty()) {
            return fail(ErrorKind::Invalid,
                        u"%1 could be rendered with template %2"_s.arg(
                            m_failed.size() == 1 ? u"the device"_s : u"none of %1 devices"_s.arg(m_failed.size()),
                            m_order.templateName),
                        {{u"failed"_s, m_failed}});
        }
        Answer answer{{{u"template"_s, m_order.templateName},
                       {u"renderings"_s, m_made},
                       {u"failed"_s, m_failed},
                       {u"journal"_s, QJsonValue()}},
                      m_args.isDiff ? QString() : m_table.toString(),
                      m_notes,
                      m_failed.isEmpty() ? 0 : 3};
        if (m_args.isDiff) {
            answer.bytes = m_diffs;
            if (m_diffs.isEmpty())
                answer.notes += u"Nothing is different from the last time."_s;
        }
        if (m_order.isDryRun) {
            answer.document.insert(u"dryRun"_s, true);
            answer.notes += u"Dry run: nothing was written."_s;
        }
        if (!m_failed.isEmpty()) {
            answer.notes += u"%1 rendered, %2 not."_s.arg(counted(m_made.size(), u"device was"_s, u"devices were"_s),
                                                          QString::number(m_failed.size()));
        }
        return answer;
    }

private:
    void refuse(const QString &device, const Error &error)
    {
        m_failed.append(QJsonObject{{u"device"_s, device},
                                    {u"kind"_s, nameOf(error.kind)},
                                    {u"message"_s, error.detail},
                                    {u"details"_s, error.payload}});
        m_notes += u"%1: %2"_s.arg(device, error.detail);
        for (const QJsonValue advice : error.payload.value(u"advice"_s).toArray())
            m_notes += u"  "_s + advice.toString();
    }

    [[nodiscard]] QString fileState(const MadeRendering &rendering) const
    {
        if (rendering.need == FileNeed::Nothing)
            return u"kept"_s;
        return m_order.isDryRun ? u"to be written"_s : u"written"_s;
    }

    Session &m_session;
    const RenderArgs &m_args;
    const RenderOrder &m_order;
    QJsonArray m_made;
    QJsonArray m_failed;
    QStringList m_notes;
    QByteArray m_diffs;
    Table m_table{{u"DEVICE"_s, u"TEXT"_s, u"FILE"_s, u"PATH"_s}, u"There are no such devices."_s};
};

Expected<Answer> render(Session &session, const RenderArgs &a)
{
    if (const auto ok = checkArgs(a); !ok)
        return fail(ok.error());
    const RenderOrder order{*a.templateName, a.isForced ? Overwrite::Anything : Overwrite::OnlyOurs, a.edit.isDryRun};
    if (a.isOne())
        return renderOne(session, a, order);
    const auto devices = devicesOf(session, a);
    if (!devices)
        return fail(devices.error());
    RenderBatch batch(session, a, order);
    for (const QString &device : *devices)
        batch.add(device);
    return batch.answer();
}

} // namespace

void addDeviceRendering(CommandTree &tree, CLI::App &group)
{
    tree.addVerb<RenderArgs>(group, "render", "Make configurations from a template; a variable without a value fails",
                             declareRender, render);
}

} // namespace interlock
