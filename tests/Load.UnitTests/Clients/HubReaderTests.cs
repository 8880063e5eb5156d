using System.Text;
using BmadServer.Load.Clients;

namespace BmadServer.Load.UnitTests.Clients;

public sealed class HubReaderTests
{
    private const int Text = 1;
    private const int Continuation = 0;
    private const int Close = 8;
    private const int Ping = 9;

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(1_000_000)]
    public void Messages_are_found_whatever_the_frames_and_the_pieces_they_come_in(int piece)
    {
        var big = new string('x', 70_000);
        byte[] sent =
        [
            .. Frame(true, Text, "one\u001e"),
            .. Frame(true, Text, "two\u001ethree\u001e"),
            .. Frame(false, Text, "fo"),
            .. Frame(true, Ping, "still there?"),
            .. Frame(false, Continuation, ""),
            .. Frame(true, Continuation, "ur\u001efi"),
            .. Frame(true, Text, "ve\u001e"),
            .. Frame(true, Text, new string('y', 200) + "\u001e"),
            .. Frame(true, Text, big + "\u001e"),
            .. Frame(true, Text, "six\u001e"),
        ];
        var reader = new HubReader(16);

        var messages = Receive(reader, sent, piece);

        messages.ShouldBe(["one", "two", "three", "four", "five", new string('y', 200), big, "six"]);
        reader.TakePing().ShouldBeTrue();
        reader.TakePing().ShouldBeFalse();
        reader.IsClosed.ShouldBeFalse();
    }

    [Test]
    public void A_goodbye_is_noticed()
    {
        var reader = new HubReader(64);

        Receive(reader, [.. Frame(true, Text, "last\u001e"), .. Frame(true, Close, "\u0003ignored")], 1000).ShouldBe(["last"]);

        reader.IsClosed.ShouldBeTrue();
    }

    private static List<string> Receive(HubReader reader, byte[] bytes, int piece)
    {
        var messages = new List<string>();
        for (var at = 0; at < bytes.Length; )
        {
            var space = reader.FreeSpace();
            var length = Math.Min(Math.Min(piece, space.Length), bytes.Length - at);
            bytes.AsMemory(at, length).CopyTo(space);
            reader.Received(length);
            at += length;
            while (reader.TryRead(out var message))
            {
                messages.Add(Encoding.UTF8.GetString(message));
            }
        }

        return messages;
    }

    /// <summary>As a server writes it: without a mask.</summary>
    private static byte[] Frame(bool isFinal, int kind, string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        var first = (byte)((isFinal ? 0x80 : 0) | kind);
        byte[] head = payload.Length switch
        {
            < 126 => [first, (byte)payload.Length],
            <= ushort.MaxValue => [first, 126, (byte)(payload.Length >> 8), (byte)payload.Length],
            _ => [first, 127, 0, 0, 0, 0, 0, (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length],
        };
        return [.. head, .. payload];
    }
}
