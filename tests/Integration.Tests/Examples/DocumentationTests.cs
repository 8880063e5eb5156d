using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using BmadServer.Application.Messages;
using BmadServer.Application.Sessions;
using BmadServer.Application.Workflows;
using BmadServer.Domain.Sessions;
using BmadServer.Web.Auth;
using BmadServer.Web.Chat;

namespace BmadServer.Integration.Tests.Examples;

/// <summary>docs/hub.md and docs/rest.md name what the code has, and nothing that it lacks.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string Hub = Repository.Read("docs", "hub.md");
    private static readonly string Rest = Repository.Read("docs", "rest.md");
    private static readonly string Operations = Repository.Read("docs", "operations.md");

    private static readonly Type[] HubTypes =
    [
        typeof(ChatMessage),
        typeof(Ack),
        typeof(WorkflowSnapshot),
        typeof(WorkflowView),
        typeof(MessageView),
        typeof(EventView),
        typeof(EventPage),
        typeof(SessionStarted),
        typeof(SessionRestored),
    ];

    private static readonly Type[] InlineHubTypes =
    [
        typeof(ActorView),
        typeof(ParticipantView),
        typeof(JoinedWorkflow),
        typeof(TypingChanged),
        typeof(PresenceChanged),
    ];

    private static readonly Type[] RestTypes =
    [
        typeof(RegisterRequest),
        typeof(SessionView),
        typeof(WorkflowView),
    ];

    [Test]
    public void Every_hub_method_is_described_with_its_parameters()
    {
        var methods = typeof(ChatHub)
            .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => method.GetBaseDefinition() == method && method.Name != nameof(ChatHub.Refuse))
            .Select(method => $"{method.Name}({string.Join(", ", method.GetParameters().Select(parameter => parameter.Name))})");

        Heading().Matches(Hub).Select(heading => heading.Groups[1].Value).ShouldBe(methods, ignoreOrder: true);
    }

    [Test]
    public void Every_call_of_the_server_is_described()
    {
        var calls = typeof(IChatClient).GetMethods().Select(method => method.Name);

        ServerCall().Matches(Hub).Select(row => row.Groups[1].Value).ShouldBe(calls, ignoreOrder: true);
    }

    [Test]
    public void Every_field_on_the_hub_is_described() =>
        HubTypes.SelectMany(FieldsOf).Where(field => !Hub.Contains($"`{field}`", StringComparison.Ordinal)).ShouldBeEmpty();

    [Test]
    public void Every_small_object_on_the_hub_is_shown_with_its_fields()
    {
        foreach (var type in InlineHubTypes)
        {
            Hub.ShouldContain($"{{{string.Join(", ", FieldsOf(type))}}}", customMessage: type.Name);
        }
    }

    [Test]
    public void Every_kind_of_event_and_every_reason_is_described()
    {
        var names = Enum.GetNames<EventKind>().Concat(Enum.GetNames<SessionEndReason>()).Select(JsonNamingPolicy.CamelCase.ConvertName);

        names.Where(name => !Hub.Contains($"| `{name}` |", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Test]
    public void Every_field_over_REST_is_described() =>
        RestTypes.SelectMany(FieldsOf).Where(field => !Rest.Contains($"`{field}`", StringComparison.Ordinal)).ShouldBeEmpty();

    [Test]
    public void The_refusal_codes_of_the_code_and_of_the_documentation_are_the_same()
    {
        var inCode = new DirectoryInfo(Repository.PathOf("src"))
            .EnumerateFiles("*.cs", SearchOption.AllDirectories)
            .SelectMany(file => RefusalInCode().Matches(File.ReadAllText(file.FullName)))
            .Select(refusal => refusal.Groups[1].Value)
            .Distinct();

        var documented = new[] { Hub, Rest, Operations }
            .SelectMany(RefusalsIn)
            .Distinct();

        documented.ShouldBe(inCode, ignoreOrder: true);
    }

    [Test]
    public void Every_refusal_that_the_text_mentions_is_in_the_table_of_its_page()
    {
        foreach (var page in new[] { Hub, Rest })
        {
            var listed = RefusalsIn(page).ToHashSet();

            RefusalMention().Matches(page).Select(mention => mention.Groups[1].Value).Where(code => !listed.Contains(code)).ShouldBeEmpty();
        }
    }

    [Test]
    public void Every_link_between_the_pages_leads_somewhere()
    {
        foreach (var page in new[] { "hub.md", "rest.md", "operations.md", "clients.md", "examples/typescript/README.md", "examples/dotnet/README.md" })
        {
            var folder = Path.GetDirectoryName(Repository.PathOf("docs", page))!;
            foreach (var link in Link().Matches(Repository.Read("docs", page)).Select(link => link.Groups[1].Value).Where(link => !link.StartsWith("http")))
            {
                var (file, anchor) = link.Split('#') is [var before, var after] ? (before, after) : (link, "");
                var target = file.Length == 0 ? Repository.PathOf("docs", page) : Path.Combine(folder, file);
                (File.Exists(target) || Directory.Exists(target)).ShouldBeTrue($"{page}: {link}");
                if (anchor.Length > 0)
                {
                    AnyHeading().Matches(File.ReadAllText(target)).Select(heading => AnchorOf(heading.Groups[1].Value)).ShouldContain(anchor, $"{page}: {link}");
                }
            }
        }
    }

    [TestCase("ts", "docs/examples/typescript/src/demo.ts")]
    [TestCase("csharp", "docs/examples/dotnet/ChatClient.cs")]
    public void Every_excerpt_of_a_client_is_in_the_code(string language, string file)
    {
        var code = Unindented(Repository.Read(file.Split('/')));
        var excerpts = Excerpt().Matches(Repository.Read("docs", "clients.md")).Where(excerpt => excerpt.Groups[1].Value == language).ToArray();

        excerpts.ShouldNotBeEmpty();
        foreach (var excerpt in excerpts)
        {
            code.ShouldContain(Unindented(excerpt.Groups[2].Value));
        }
    }

    [Test]
    public void Every_exported_value_of_the_client_library_is_mentioned()
    {
        var page = Repository.Read("docs", "clients.md");
        var exported = ValueExport().Matches(Repository.Read("src", "Web", "ClientApp", "src", "lib", "index.ts"))
            .SelectMany(export => export.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Where(name => !name.StartsWith("type ", StringComparison.Ordinal));

        exported.Where(name => !Regex.IsMatch(page, $@"\b{name}\b")).ShouldBeEmpty();
    }

    /// <summary>The codes in the page's table of them.</summary>
    private static IEnumerable<string> RefusalsIn(string page)
    {
        var table = page[page.IndexOf("\n## Refusal codes", StringComparison.Ordinal)..];
        var end = table.IndexOf("\n## ", 1, StringComparison.Ordinal);
        return RefusalRow().Matches(end < 0 ? table : table[..end]).Select(row => row.Groups[1].Value);
    }

    private static IEnumerable<string> FieldsOf(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name));

    private static string Unindented(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()));

    /// <summary>How GitHub makes an anchor of a heading.</summary>
    private static string AnchorOf(string heading) => NotInAnchor().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"^### `(\w+\([^`]*\))`$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\| `([A-Z]\w+)\(\w+\)` \|", RegexOptions.Multiline)]
    private static partial Regex ServerCall();

    [GeneratedRegex("\"([a-z]+[._][a-z_]+)\",\\s*(?:\\$?\"[A-Z{]|string\\.Join)")]
    private static partial Regex RefusalInCode();

    [GeneratedRegex(@"^\| `([a-z_.]+)` \|", RegexOptions.Multiline)]
    private static partial Regex RefusalRow();

    [GeneratedRegex(@"`((?:auth|hub|message|participant|request|server|service|session|user|validation|workflow)\.[a-z_]+)`")]
    private static partial Regex RefusalMention();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex AnyHeading();

    [GeneratedRegex(@"^```(ts|csharp)\n(.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Excerpt();

    [GeneratedRegex(@"^export \{(.*?)\}", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ValueExport();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
