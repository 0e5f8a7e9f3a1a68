// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/storewindow.h"

#include "tests/support/fakequeries.h"
#include "tests/support/teststore.h"
#include "ui/theme/interlockstyle.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/factsview.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

/// A window on a store that only remembers, and can be lost.
struct Shown
{
    FakeQueries queries;
    ChangeFeed feed;
    SteppedClock clock;
    StoreWindow window{u"sqlite:/srv/noc.db"_s, u"interlockctl"_s, clock};
    std::unique_ptr<StoreTables> tables;

    void open()
    {
        window.resize(1366, 768);
        window.show();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window)); // shortcuts are those of the active window
        tables = std::make_unique<StoreTables>(queries, feed, clock);
        window.showTables(*tables);
        QTRY_VERIFY(tables->isLoaded());
    }
    ~Shown() { window.close(); }

    void put(const QString &name, const QString &lan)
    {
        queries.topology.apply(
            {std::nullopt, IrouteRow{CommonName::parse(name).value(), Prefix::parse(lan).value(), {}, 1}});
    }
    [[nodiscard]] QTableView *view() const { return window.page(window.currentTable()).findChild<QTableView *>(); }
    [[nodiscard]] QLineEdit *filter() const { return window.page(window.currentTable()).findChild<QLineEdit *>(); }
    [[nodiscard]] QString details() const { return window.findChild<FactsView *>()->toPlainText(); }
};

QString heading(const Shown &shown)
{
    const auto *state = shown.window.page(shown.window.currentTable()).findChild<StateView *>();
    return state->isVisible() ? state->heading() : QString();
}

} // namespace

class TestStoreWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QApplication::setStyle(new InterlockStyle); }

    void theWindowIsThereBeforeTheStore();
    void aCommitOfAnotherProgramAppearsAndLeavesTheSelection();
    void anEmptyTableSaysWhichCommandFillsIt();
    void aStoreThatDoesNotOpenSaysWhyAndIsTriedAgainOnRequest();
    void aLostStoreIsABannerWithItsAgeOverTheOldRows();
    void theFilterLivesWhileItIsTypedAndEscClearsIt();
    void everythingIsReachedByKeyboard();
    void selectedRowsAreCopiedWithAHeader();
    void theThemeFollowsTheSystemUnlessOneIsChosen();
    void everyControlHasANameForAScreenReader();
};

void TestStoreWindow::theWindowIsThereBeforeTheStore()
{
    const SteppedClock clock;
    StoreWindow window(u"sqlite:/srv/noc.db"_s, u"interlockctl"_s, clock);
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    QCOMPARE(window.page(Table::Instances).findChild<StateView *>()->heading(), u"Opening the store."_s);
}

void TestStoreWindow::aCommitOfAnotherProgramAppearsAndLeavesTheSelection()
{
    const StorePlace place(Dialect::Sqlite);
    const auto store = place.open();
    QVERIFY(submit(*store, ReplaceIroutes{cn("br-bursa-02"), {prefix("10.35.2.0/24")}}));
    const SteppedClock clock;
    StoreTables tables(*store, store->feed(), clock);
    StoreWindow window(place.url().toString(), u"interlockctl"_s, clock);
    window.resize(1366, 768);
    window.show();
    window.showTables(tables);
    window.openTable(Table::Iroutes);
    StoreTableModel &model = tables.model(Table::Iroutes);
    QTRY_COMPARE(model.rowCount(), 1);
    auto *view = window.page(Table::Iroutes).findChild<QTableView *>();
    QTRY_VERIFY(view->isVisible());
    view->selectRow(0);
    const QSignalSpy reset(&model, &QAbstractItemModel::modelReset);

    const auto other = place.open();
    QVERIFY(submit(*other, ReplaceIroutes{cn("br-adana-01"), {prefix("10.1.17.0/24"), prefix("fd42:6b1c:16::/64")}}));
    QTRY_COMPARE(model.rowCount(), 3);
    QCOMPARE(reset.count(), 0);
    QCOMPARE(view->currentIndex().data().toString(), u"br-bursa-02"_s);
    QCOMPARE(view->currentIndex().row(), 2);
    QVERIFY(window.findChild<FactsView *>()->toPlainText().contains(u"10.35.2.0/24"_s));
    const auto *list = window.findChild<QListWidget *>();
    QCOMPARE(list->item(static_cast<int>(Table::Iroutes))->data(Qt::AccessibleTextRole).toString(), u"Iroutes, 3"_s);
}

void TestStoreWindow::anEmptyTableSaysWhichCommandFillsIt()
{
    Shown shown;
    shown.open();
    for (const Table table : kTables) {
        shown.window.openTable(table);
        const auto *state = shown.window.page(table).findChild<StateView *>();
        QVERIFY(state->isVisible());
        QVERIFY(!state->heading().isEmpty());
        bool hasCommand = false;
        for (const QLabel *label : state->findChildren<QLabel *>())
            hasCommand = hasCommand || (label->isVisible() && label->text().startsWith(u"interlockctl "));
        QVERIFY2(hasCommand, qPrintable(titleOf(table)));
    }
}

void TestStoreWindow::aStoreThatDoesNotOpenSaysWhyAndIsTriedAgainOnRequest()
{
    Shown shown;
    shown.window.show();
    shown.window.showFailure({ErrorKind::StoreNewer, u"the store has schema 9"_s, {}});
    QCOMPARE(heading(shown), u"The store cannot be opened: the store has schema 9"_s);
    const QSignalSpy asked(&shown.window, &StoreWindow::openRequested);
    auto *button = shown.window.page(Table::Instances).findChild<StateView *>()->findChild<QPushButton *>();
    QVERIFY(button->isVisible());
    button->setFocus();
    QTest::keyClick(button, Qt::Key_Space);
    QCOMPARE(asked.count(), 1);
}

void TestStoreWindow::aLostStoreIsABannerWithItsAgeOverTheOldRows()
{
    Shown shown;
    shown.put(u"a"_s, u"10.1.0.0/24"_s);
    shown.open();
    shown.window.openTable(Table::Iroutes);
    const auto *banner = shown.window.findChild<Banner *>();
    QVERIFY(!banner->isVisible());
    shown.queries.failure = Error{ErrorKind::StoreUnavailable, u"connection refused"_s, {}};
    shown.clock.advance(std::chrono::seconds(48));
    Q_EMIT shown.feed.availabilityChanged(false, u"connection refused"_s);
    QTRY_VERIFY(banner->isVisible());
    QVERIFY2(banner->text().startsWith(u"The store does not answer since 12:01:19Z (connection refused)."_s),
             qPrintable(banner->text()));
    QCOMPARE(shown.view()->model()->rowCount(), 1);
    QVERIFY(shown.view()->isVisible());
    QVERIFY(!QApplication::activeModalWidget());

    shown.queries.failure.reset();
    banner->findChild<QPushButton *>()->click();
    QTRY_VERIFY(!banner->isVisible());
}

void TestStoreWindow::theFilterLivesWhileItIsTypedAndEscClearsIt()
{
    Shown shown;
    shown.put(u"br-adana-01"_s, u"10.1.17.0/24"_s);
    shown.put(u"br-bursa-02"_s, u"10.35.2.0/24"_s);
    shown.open();
    shown.window.openTable(Table::Iroutes);
    shown.view()->selectRow(1);
    QTest::keyClick(&shown.window, Qt::Key_F, Qt::ControlModifier);
    QTRY_VERIFY(shown.filter()->hasFocus());
    QTest::keyClicks(shown.filter(), u"bursa"_s);
    QCOMPARE(shown.view()->model()->rowCount(), 1);
    QCOMPARE(shown.view()->currentIndex().data().toString(), u"br-bursa-02"_s);
    QTest::keyClicks(shown.filter(), u"x"_s);
    QCOMPARE(heading(shown), u"No row matches bursax."_s);
    QTest::keyClick(shown.filter(), Qt::Key_Escape);
    QCOMPARE(shown.filter()->text(), QString());
    QCOMPARE(shown.view()->model()->rowCount(), 2);
    QTest::keyClicks(shown.filter(), u"in:10.1."_s); // not a prefix yet
    QCOMPARE(shown.view()->model()->rowCount(), 2);
    QTest::keyClicks(shown.filter(), u"0.0/16"_s);
    QCOMPARE(shown.view()->model()->rowCount(), 1);
}

void TestStoreWindow::everythingIsReachedByKeyboard()
{
    Shown shown;
    shown.put(u"a"_s, u"10.1.0.0/24"_s);
    shown.put(u"b"_s, u"10.2.0.0/24"_s);
    shown.open();
    QTest::keyClick(&shown.window, Qt::Key_3, Qt::AltModifier);
    QCOMPARE(shown.window.currentTable(), Table::Iroutes);
    QTRY_VERIFY(shown.view()->hasFocus());
    QCOMPARE(shown.view()->currentIndex().row(), 0);
    QTest::keyClick(shown.view(), Qt::Key_Down);
    QVERIFY(shown.details().contains(u"10.2.0.0/24"_s));
    auto *facts = shown.window.findChild<FactsView *>();
    QTest::keyClick(&shown.window, Qt::Key_F6);
    QTRY_VERIFY(facts->hasFocus());
    QTest::keyClick(&shown.window, Qt::Key_F6);
    QTRY_VERIFY(shown.window.findChild<QListWidget *>()->hasFocus());
    QTest::keyClick(&shown.window, Qt::Key_F6, Qt::ShiftModifier);
    QTRY_VERIFY(facts->hasFocus());
    QTest::keyClick(&shown.window, Qt::Key_F4);
    QVERIFY(!facts->isVisible());
    QTest::keyClick(&shown.window, Qt::Key_F4);
    QVERIFY(facts->isVisible());
    const int looks = shown.queries.looks;
    QTest::keyClick(&shown.window, Qt::Key_F5);
    QTRY_COMPARE(shown.queries.looks, looks + 1);
}

void TestStoreWindow::selectedRowsAreCopiedWithAHeader()
{
    Shown shown;
    shown.put(u"a"_s, u"10.1.0.0/24"_s);
    shown.put(u"b"_s, u"10.2.0.0/24"_s);
    shown.open();
    QTest::keyClick(&shown.window, Qt::Key_3, Qt::AltModifier);
    shown.view()->selectAll();
    QTest::keyClick(shown.view(), Qt::Key_C, Qt::ControlModifier);
    QTRY_COMPARE(QGuiApplication::clipboard()->text(), u"CN\tPrefix\tSince\na\t10.1.0.0/24\t\nb\t10.2.0.0/24\t\n"_s);
}

void TestStoreWindow::theThemeFollowsTheSystemUnlessOneIsChosen()
{
    Shown shown;
    shown.window.show();
    const QPalette before = QApplication::palette();
    QPalette dark = before;
    dark.setColor(QPalette::Base, QColor(0x20, 0x20, 0x20));
    dark.setColor(QPalette::Text, QColor(0xE0, 0xE0, 0xE0));
    QApplication::setPalette(dark);
    QTRY_COMPARE(shown.window.theme(), ThemeKind::Dark);
    QCOMPARE(shown.window.findChild<QTableView *>()->palette().color(QPalette::Base),
             Theme::of(ThemeKind::Dark).color(Token::Base));
    shown.window.setTheme(ThemeKind::Contrast);
    QApplication::setPalette(before);
    QCoreApplication::processEvents();
    QCOMPARE(shown.window.theme(), ThemeKind::Contrast);
}

void TestStoreWindow::everyControlHasANameForAScreenReader()
{
    Shown shown;
    shown.put(u"a"_s, u"10.1.0.0/24"_s);
    shown.open();
    for (QWidget *widget : shown.window.findChildren<QWidget *>()) {
        if (widget->focusPolicy() == Qt::NoFocus || !widget->isVisible() || qobject_cast<StoreWindow *>(widget))
            continue;
        QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(widget);
        QVERIFY(interface);
        QVERIFY2(!interface->text(QAccessible::Name).isEmpty(),
                 qPrintable(QString::fromLatin1(widget->metaObject()->className()) + u' ' + widget->objectName()));
    }
}

QTEST_MAIN(TestStoreWindow)
#include "tst_storewindow.moc"
