using BmadServer.Application.Common;
using BmadServer.Application.Messages;

namespace BmadServer.Application.UnitTests.Common;

/// <summary>The texts go by a name, since half a surrogate pair cannot stand in a test's name.</summary>
public sealed class TextRulesTests
{
    private static readonly Dictionary<string, string> Storable = new()
    {
        ["plain"] = "Hello",
        ["surrounding spaces"] = "  Hello  ",
        ["control characters"] = "two\nlines\tand a tab\u0001",
        ["emoji"] = "😀",
        ["joined emoji"] = "👩\u200D👩\u200D👧\u200D👦",
        ["combining mark"] = "e\u0301",
        ["right to left"] = "שלום עולם",
        ["direction overrides"] = "\u202Emirrored\u202C",
        ["last code points of a plane"] = "\uFFFF\U0010FFFF",
        ["SQL"] = "'; drop table messages; --",
        ["HTML"] = "<script>alert(1)</script>",
    };

    private static readonly Dictionary<string, string> NotStorable = new()
    {
        ["U+0000 alone"] = "\0",
        ["U+0000 inside"] = "a\0b",
        ["high surrogate alone"] = "\uD83D",
        ["high surrogate at the end"] = "a\uD83D",
        ["high surrogate before a letter"] = "\uD83Db",
        ["high surrogate before a pair"] = "\uD83D\uD83D\uDE00",
        ["low surrogate alone"] = "\uDE00",
        ["low surrogate after a pair"] = "😀\uDE00",
        ["pair the wrong way round"] = "\uDE00\uD83D",
    };

    private static readonly Dictionary<string, string?> Blank = new()
    {
        ["null"] = null,
        ["nothing"] = "",
        ["spaces"] = "  ",
        ["line ends and tabs"] = "\t\r\n",
        ["no-break space"] = "\u00A0",
        ["wide spaces"] = "\u2003\u3000",
    };

    [TestCaseSource(nameof(StorableNames))]
    public void IsStorable_WhenWellFormedText_ShouldBeTrue(string name) => TextRules.IsStorable(Storable[name]).ShouldBeTrue();

    [TestCaseSource(nameof(NotStorableNames))]
    public void IsStorable_WhenItHoldsU0000OrHalfASurrogatePair_ShouldBeFalse(string name) =>
        TextRules.IsStorable(NotStorable[name]).ShouldBeFalse();

    [TestCaseSource(nameof(BlankNames))]
    public void MustBeText_WhenThereIsNothingToSee_ShouldSayThatItIsEmpty(string name) =>
        SentenceFor(Blank[name]).ShouldBe("Content must not be empty.");

    [Test]
    public void MustBeText_WhenNotStorable_ShouldSayWhatTextMustBe() =>
        SentenceFor("a\uD83Db").ShouldBe("Content must be well-formed Unicode text without the character U+0000.");

    [Test]
    public void MustBeText_WhenText_ShouldSayNothing() => SentenceFor("😀").ShouldBeNull();

    private static string[] StorableNames() => [.. Storable.Keys];

    private static string[] NotStorableNames() => [.. NotStorable.Keys];

    private static string[] BlankNames() => [.. Blank.Keys];

    private static string? SentenceFor(string? text) =>
        new SendMessageValidator(new MessageOptions()).Validate(new SendMessage(text)).Errors.SingleOrDefault()?.ErrorMessage;
}
