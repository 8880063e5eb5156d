using System.Collections.Concurrent;
using System.Text;
using BmadServer.Fuzz.Tests.Generation;

namespace BmadServer.Fuzz.Tests.Oracle;

/// <summary>
/// The inputs that the server has and that are not answered yet: what it complains about in its log was one of them, most likely.
/// </summary>
internal sealed class UnderWay
{
    private const int LongestInput = 400;

    private readonly ConcurrentDictionary<Batch, IReadOnlyList<(long Index, byte[] Input)>> _inputs = new();

    public void Begin(Batch batch, IReadOnlyList<(long Index, byte[] Input)> inputs) => _inputs[batch] = inputs;

    public void End(Batch batch) => _inputs.TryRemove(batch, out _);

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (batch, inputs) in _inputs)
        {
            text.AppendLine($"  The same again: {batch.Repeat}");
            foreach (var (index, input) in inputs)
            {
                text.AppendLine($"    {index}: {Escaped.Of(input, LongestInput)}");
            }
        }

        return text.ToString();
    }
}
