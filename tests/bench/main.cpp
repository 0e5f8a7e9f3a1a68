// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/bench.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QFile>
#include <QTextStream>

#include <algorithm>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

constexpr int kWrongResult = 1;
constexpr int kUsage = 2;

/// The registered cases in the order of their ids, or those of `wanted`; nothing when one of these does not exist.
std::optional<std::vector<bench::RegisteredCase>> selectCases(const QStringList &wanted, QTextStream &err)
{
    auto cases = bench::registeredCases();
    std::stable_sort(cases.begin(), cases.end(), [](const auto &a, const auto &b) { return a.id < b.id; });
    for (const auto &id : wanted) {
        if (std::none_of(cases.begin(), cases.end(), [&](const auto &each) { return each.id == id; })) {
            err << u"no benchmark is called "_s << id << u"; --list names them\n"_s;
            return std::nullopt;
        }
    }
    if (!wanted.isEmpty())
        std::erase_if(cases, [&](const auto &each) { return !wanted.contains(each.id); });
    return cases;
}

bool write(const QString &path, const QString &text)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(text.toUtf8()) >= 0 && file.flush();
}

} // namespace

int main(int argc, char *argv[])
{
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen"); // some peers are widgets
    const QApplication app(argc, argv);
    QTextStream out(stdout);
    QTextStream err(stderr);

    QCommandLineParser parser;
    parser.setApplicationDescription(u"Measures what is fast against a peer in the same run, and prints one table.\n"
                                     "A missed goal is a row of the table; a wrong result is exit 1."_s);
    parser.addHelpOption();
    parser.addPositionalArgument(u"ID"_s, u"Benchmarks to run, for example A5 B2; all of them without any."_s,
                                 u"[ID...]"_s);
    const QCommandLineOption quick(u"quick"_s, u"Small sizes: shows that it works, measures nothing."_s);
    const QCommandLineOption list(u"list"_s, u"Name the benchmarks and stop."_s);
    const QCommandLineOption markdown(u"markdown"_s, u"Write the table to FILE too."_s, u"FILE"_s);
    parser.addOptions({quick, list, markdown});
    parser.process(app);

    const auto cases = selectCases(parser.positionalArguments(), err);
    if (!cases)
        return kUsage;
    bench::Report report(parser.isSet(quick));
    for (const auto &each : *cases) {
        if (parser.isSet(list)) {
            out << each.id << u'\n';
            continue;
        }
        err << u"running "_s << each.id << Qt::endl;
        each.run(report);
    }
    if (parser.isSet(list))
        return 0;
    out << report.toMarkdown() << Qt::flush;
    for (const auto &wrong : report.wrong())
        err << u"WRONG RESULT "_s << wrong << u'\n';
    if (parser.isSet(markdown) && !write(parser.value(markdown), report.toMarkdown())) {
        err << u"cannot write "_s << parser.value(markdown) << u'\n';
        return kUsage;
    }
    return report.wrong().empty() ? 0 : kWrongResult;
}
