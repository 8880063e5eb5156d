using System.Buffers;
using System.Text;
using BmadServer.Web.Chat;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace BmadServer.Integration.Tests.Chat;

public sealed class ChatHubProtocolTests
{
    [TestCase("nul\u001e")]
    [TestCase("tru\u001e")]
    public void What_is_no_json_is_refused_and_consumed_in_whatever_pieces_it_comes(string frame)
    {
        var bytes = Encoding.UTF8.GetBytes(frame);
        for (var cuts = 0; cuts < 1 << (bytes.Length - 1); cuts++)
        {
            var rest = InPieces(bytes, cuts);

            new ChatHubProtocol(new JsonHubProtocol()).TryParseMessage(ref rest, new NoMethods(), out var message).ShouldBeTrue();

            message.ShouldBeOfType<InvocationMessage>().Arguments[0].ShouldBe("hub.malformed");
            rest.IsEmpty.ShouldBeTrue();
        }
    }

    /// <param name="cuts">One bit for each place between two bytes.</param>
    private static ReadOnlySequence<byte> InPieces(byte[] bytes, int cuts)
    {
        Piece? first = null;
        Piece? last = null;
        var start = 0;
        for (var at = 1; at <= bytes.Length; at++)
        {
            if (at == bytes.Length || (cuts & (1 << (at - 1))) != 0)
            {
                var piece = new Piece(bytes.AsMemory(start, at - start), start);
                last = last?.Then(piece) ?? piece;
                first ??= last;
                start = at;
            }
        }

        return new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long at) => (Memory, RunningIndex) = (memory, at);

        public Piece Then(Piece next)
        {
            Next = next;
            return next;
        }
    }

    private sealed class NoMethods : IInvocationBinder
    {
        public IReadOnlyList<Type> GetParameterTypes(string methodName) => [];

        public Type GetReturnType(string invocationId) => throw new InvalidOperationException();

        public Type GetStreamItemType(string streamId) => throw new KeyNotFoundException();
    }
}
