// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/standardinput.h"
#include "model/rules/serverfragment.h"
#include "model/rules/serverlint.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct CheckArgs
{
    std::optional<InstanceName> name;
    std::optional<QString> config;
};

void declareCheck(Arguments args, CheckArgs &a)
{
    args.required("NAME", a.name, "Name of the instance");
    args.optional("--config", a.config, "The configuration of its OpenVPN server, - for standard input", "FILE");
}

void declareConfig(Arguments args, CheckArgs &a)
{
    args.required("NAME", a.name, "Name of the instance");
}

/// \returns NotFound, ReadOnly, or Invalid for what is no plain file
Expected<QByteArray> readFile(const QString &path)
{
    if (path == u"-")
        return readStandardInput().map([](const QString &text) { return text.toUtf8(); });
    const QJsonObject payload{{u"path"_s, path}};
    const QFileInfo info(path);
    if (!info.exists())
        return fail(ErrorKind::NotFound, u"there is no file '%1'"_s.arg(path), payload);
    if (!info.isFile())
        return fail(ErrorKind::Invalid, u"'%1' is no plain file"_s.arg(path), payload);
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::ReadOnly, u"'%1' cannot be read: %2"_s.arg(path, file.errorString()), payload);
    // Enough to name the line that makes a file so large.
    return file.read(16 * ServerConfig::kMaxSize);
}

Expected<std::optional<ServerConfig>> readConfig(const std::optional<QString> &path)
{
    if (!path)
        return std::optional<ServerConfig>();
    const auto content = readFile(*path);
    if (!content)
        return fail(content.error());
    auto config = ServerConfig::parse(*content);
    if (!config) {
        Error error = config.error();
        error.payload.insert(u"path"_s, *path);
        return fail(std::move(error));
    }
    return *std::move(config);
}

QJsonObject findingJson(const LintFinding &finding)
{
    return {{u"severity"_s, enumText(finding.severity)},
            {u"rule"_s, enumText(finding.rule)},
            {u"line"_s, finding.line ? QJsonValue(*finding.line) : QJsonValue()},
            {u"message"_s, finding.detail},
            {u"instead"_s, finding.instead},
            {u"details"_s, finding.data}};
}

QString findingText(const LintFinding &finding, const QString &file)
{
    const QString place = finding.line ? u"%1:%2: "_s.arg(file).arg(*finding.line) : QString();
    QString text = u"%1%2: %3 [%4]"_s.arg(place, enumText(finding.severity), finding.detail, enumText(finding.rule));
    for (const QString &line : finding.instead.split(u'\n', Qt::SkipEmptyParts))
        text += u"\n    "_s + line;
    return text;
}

Answer checkAnswer(const std::vector<LintFinding> &findings, const CheckArgs &a)
{
    QJsonArray problems;
    QStringList lines;
    for (const LintFinding &finding : findings) {
        problems.append(findingJson(finding));
        lines += findingText(finding, a.config.value_or(QString()));
    }
    const bool isBad = std::ranges::any_of(
        findings, [](const LintFinding &finding) { return finding.severity == LintSeverity::Error; });
    Answer answer{{{u"instance"_s, a.name->toString()}, {u"problems"_s, problems}},
                  lines.isEmpty() ? u"Nothing is wrong with %1."_s.arg(a.name->toString()) : lines.join(u'\n'),
                  {},
                  isBad ? 1 : 0};
    if (!a.config)
        answer.notes += u"note: only rows were looked at; --config FILE looks at the server's configuration too"_s;
    return answer;
}

Expected<Answer> check(Session &session, const CheckArgs &a)
{
    const auto config = readConfig(a.config);
    if (!config)
        return fail(config.error());
    return session
        .tryLook([&](Topology &topology) -> Expected<std::vector<LintFinding>> {
            if (const auto known = instanceIn(topology, *a.name); !known)
                return fail(known.error());
            return lintServer(topology, *a.name, *config);
        })
        .map([&a](const std::vector<LintFinding> &findings) { return checkAnswer(findings, a); });
}

Expected<Answer> config(Session &session, const CheckArgs &a)
{
    return session
        .tryLook([&](Topology &topology) -> Expected<QString> {
            if (const auto known = instanceIn(topology, *a.name); !known)
                return fail(known.error());
            return serverFragment(topology, *a.name);
        })
        .map([&a](const QString &text) {
            return Answer{{{u"instance"_s, a.name->toString()}, {u"text"_s, text}}, text.trimmed(), {}, 0};
        });
}

} // namespace

void addInstanceCheck(CommandTree &tree, CLI::App &group)
{
    tree.addVerb<CheckArgs>(group, "check", "What is wrong with it and its server's configuration; exit 1 on an error",
                            declareCheck, check);
    tree.addVerb<CheckArgs>(group, "config", "The part of the server's configuration that it needs", declareConfig,
                            config);
}

} // namespace interlock
