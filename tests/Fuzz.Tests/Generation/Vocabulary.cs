namespace BmadServer.Fuzz.Tests.Generation;

/// <summary>What a caller who means it would name: without these, no input would come further than the first look-up.</summary>
/// <param name="Tokens">Access tokens of the one who sends the inputs.</param>
internal sealed record Vocabulary(
    IReadOnlyList<Guid> Workflows,
    IReadOnlyList<Guid> Messages,
    IReadOnlyList<Guid> Users,
    IReadOnlyList<Guid> Sessions,
    IReadOnlyList<string> Emails,
    IReadOnlyList<string> Tokens,
    IReadOnlyList<string> Cookies
)
{
    /// <summary>For inputs that no server sees, which can so be made again to the byte.</summary>
    public static Vocabulary Invented { get; } =
        new(
            [new("019303a2-1f40-7c20-9a00-0000000000b1"), new("019303a2-1f40-7c20-9a00-0000000000b2")],
            [new("019303a3-7d20-7d30-ab00-0000000000c1")],
            [new("019303a1-5c00-7a10-8f00-0000000000a1")],
            [new("019303a1-9c40-7e40-bc00-0000000000d1")],
            ["sarah@example.com"],
            ["aaaa.bbbb.cccc"],
            ["bmadserver_refresh=dddd"]
        );

    /// <summary>Any of the ids.</summary>
    public Guid Id(Dice dice) =>
        dice.Next(4) switch
        {
            0 => One(dice, Messages),
            1 => One(dice, Users),
            2 => One(dice, Sessions),
            _ => One(dice, Workflows),
        };

    /// <summary>One that is known, or where none is, any.</summary>
    public static Guid One(Dice dice, IReadOnlyList<Guid> known) => known.Count > 0 ? dice.Pick(known) : dice.Guid();
}
