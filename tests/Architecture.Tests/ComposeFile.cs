using YamlDotNet.Serialization;

namespace BmadServer.Architecture.Tests;

/// <summary>A compose file of the repository, with what its services take over from others (<c>&lt;&lt;</c>) put in place.</summary>
internal sealed class ComposeFile
{
    /// <summary>The tag of the image that the Dockerfile makes.</summary>
    public const string OwnImage = "bmadserver";

    private readonly Node _root;

    public ComposeFile(string path) =>
        _root = new Node(new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(Solution.Read(path)));

    public IReadOnlyList<Service> Services => [.. _root["services"].Entries.Select(entry => new Service(entry.Name, entry.Value))];

    public Service this[string service] => Services.Single(each => each.Name == service);

    /// <summary>A mapping, a list or a text; nothing where the file has nothing.</summary>
    internal sealed class Node(object? value)
    {
        public Node this[string name] => new(Entries.FirstOrDefault(entry => entry.Name == name).Value?.Value);

        public bool Exists => Value is not null;

        public string Text => Value as string ?? "";

        public IEnumerable<string> Texts => Value is List<object> list ? list.OfType<string>() : [];

        public IEnumerable<(string Name, Node Value)> Entries => Merged(Value).Select(pair => (pair.Key, new Node(pair.Value)));

        private object? Value { get; } = value;

        private static Dictionary<string, object?> Merged(object? value)
        {
            if (value is not Dictionary<object, object> mapping)
            {
                return [];
            }

            var merged = mapping.TryGetValue("<<", out var inherited) ? Merged(inherited) : [];
            foreach (var (key, each) in mapping.Where(pair => pair.Key is not "<<"))
            {
                merged[(string)key] = each;
            }

            return merged;
        }
    }

    internal sealed record Service(string Name, Node Definition)
    {
        public bool IsServer => Definition["image"].Text == OwnImage;

        /// <summary>Does its work and ends.</summary>
        public bool IsJob => Definition["restart"].Text == "no";

        public IEnumerable<string> Variables => Definition["environment"].Entries.Select(entry => entry.Name);

        public string? Address => Definition["networks"]["inside"]["ipv4_address"] is { Exists: true } address ? address.Text : null;

        public override string ToString() => Name;
    }
}
