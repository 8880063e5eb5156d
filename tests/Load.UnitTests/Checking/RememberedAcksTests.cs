using System.Text;
using BmadServer.Load.Checking;

namespace BmadServer.Load.UnitTests.Checking;

public sealed class RememberedAcksTests
{
    [TestCase(1000, 400)]
    [TestCase(3, 300_000)]
    [TestCase(2, 0)]
    public void Acks_are_read_as_they_came(int count, int length)
    {
        var acks = new RememberedAcks();
        for (var i = 0; i < count; i++)
        {
            acks.Add(i, sentAt: 2L * i, at: 3L * i, Answer(i));
        }

        acks.Count.ShouldBe(count);
        acks.Read()
            .Select(ack => (ack.Call, ack.SentAt, ack.At, Encoding.UTF8.GetString(ack.Answer.Span)))
            .ShouldBe(Enumerable.Range(0, count).Select(i => (i, 2L * i, 3L * i, Encoding.UTF8.GetString(Answer(i)))));

        byte[] Answer(int i) => Encoding.UTF8.GetBytes(new string((char)('a' + i % 26), length));
    }
}
