using System.Diagnostics;
using System.Text.RegularExpressions;

namespace BmadServer.Architecture.Tests;

/// <summary>
/// The files that the product is deployed with fit together, and to the server: what they set it knows, and what it needs they have.
/// Where the tools that read them are installed, these have a look as well.
/// </summary>
public sealed partial class DeploymentTests
{
    private const string OneNode = "compose.yaml";
    private const string Cluster = "deploy/compose.cluster.yaml";
    private const string Unit = "deploy/bmadserver.service";
    private const string Command = "deploy/bmadserver";
    private const string ServerPort = "5080";

    /// <summary>Connections are closed within 5 s, waiting 3 s for each one's calls, and requests get 30 s more.</summary>
    private static readonly TimeSpan Leave = TimeSpan.FromSeconds(38);

    /// <summary>Of tools; only a test that fails waits for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [TestCase(OneNode)]
    [TestCase(Cluster)]
    public void The_server_knows_every_setting_of_a_compose_file(string path) =>
        Servers(path).SelectMany(server => server.Variables).ShouldBeSubsetOf(ServerSettings.All);

    [TestCase(OneNode)]
    [TestCase(Cluster)]
    public void Every_service_is_watched_and_comes_back_after_a_crash(string path)
    {
        var services = new ComposeFile(path).Services.Where(service => !service.IsJob).ToArray();

        services.ShouldNotBeEmpty();
        services.ShouldAllBe(service => service.Definition["restart"].Text == "unless-stopped");
        services.ShouldAllBe(service => service.IsServer || service.Definition["healthcheck"]["test"].Texts.Any());
    }

    [TestCase(OneNode)]
    [TestCase(Cluster)]
    public void No_service_can_gain_rights(string path) =>
        new ComposeFile(path).Services.ShouldAllBe(service => service.Definition["security_opt"].Texts.Contains("no-new-privileges:true"));

    [TestCase(OneNode)]
    [TestCase(Cluster)]
    public void The_server_has_no_capabilities_and_writes_to_data_and_tmp_only(string path)
    {
        foreach (var server in Servers(path).Select(server => server.Definition))
        {
            server["read_only"].Text.ShouldBe("true");
            server["cap_drop"].Texts.ShouldBe(["ALL"]);
            server["tmpfs"]
                .Texts.Concat(server["volumes"].Texts.Select(volume => volume.Split(':')[1]))
                .ShouldBe(["/data", "/tmp"], ignoreOrder: true);
        }
    }

    [TestCase(OneNode)]
    [TestCase(Cluster)]
    public void A_server_has_the_time_for_its_leave(string path) =>
        Servers(path).Where(server => !server.IsJob).ShouldAllBe(server => Seconds(server.Definition["stop_grace_period"].Text) > Leave);

    [TestCase(OneNode)]
    [TestCase(Cluster)]
    public void Ports_are_published_on_the_loopback_address_only(string path)
    {
        var ports = new ComposeFile(path).Services.SelectMany(service => service.Definition["ports"].Texts).ToArray();

        ports.ShouldNotBeEmpty();
        ports.ShouldAllBe(port => port.StartsWith("127.0.0.1:", StringComparison.Ordinal));
    }

    [Test]
    public void The_example_of_the_environment_names_what_the_compose_files_ask_for_and_has_no_values()
    {
        var asked = new[] { OneNode, Cluster }.SelectMany(path => Asked().Matches(Solution.Read(path))).Select(match => match.Groups[1].Value).Distinct();

        Solution
            .Read(".env.example")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith('#'))
            .ShouldBe(asked.Select(name => $"{name}="), ignoreOrder: true);
    }

    [Test]
    public void Nodes_are_told_the_same()
    {
        var nodes = Servers(Cluster).Where(server => !server.IsJob).ToArray();

        nodes.Length.ShouldBe(3);
        nodes
            .Select(node => string.Join('\n', node.Definition["environment"].Entries.Select(entry => $"{entry.Name}={entry.Value.Text}")))
            .Distinct()
            .Count()
            .ShouldBe(1);
    }

    [Test]
    public void The_load_balancer_has_every_node_and_its_address()
    {
        var nodes = Servers(Cluster).Where(server => !server.IsJob).ToArray();
        var balancer = new ComposeFile(Cluster)["balancer"].Definition;

        UpstreamServer().Matches(Solution.Read("deploy/nginx.conf")).Select(match => match.Groups[1].Value)
            .ShouldBe(nodes.Select(node => $"{node.Name}:{ServerPort}"), ignoreOrder: true);
        balancer["extra_hosts"].Texts.ShouldBe(nodes.Select(node => $"{node.Name}:{node.Address}"), ignoreOrder: true);
        balancer["ports"].Texts.Single().ShouldEndWith(":" + Listen().Match(Solution.Read("deploy/nginx.conf")).Groups[1].Value);
    }

    /// <summary>The query of the hub's address has an access token in it.</summary>
    [TestCase("deploy/nginx.conf")]
    [TestCase("docs/operations.md")]
    public void No_proxy_logs_a_query(string path)
    {
        var text = Solution.Read(path);
        var formats = LogFormat().Matches(text).Select(match => match.Groups[2].Value).ToArray();

        formats.ShouldNotBeEmpty();
        formats.ShouldAllBe(format => !Query().IsMatch(format));
        AccessLog().Matches(text).Select(match => match.Groups[1].Value).ShouldBe(LogFormat().Matches(text).Select(match => match.Groups[1].Value));
        // Less severe messages have the whole request in them.
        text[text.IndexOf("location / {", StringComparison.Ordinal)..].ShouldMatch(@"error_log \S+ crit;");
    }

    [Test]
    public void Nginx_accepts_its_configuration()
    {
        using var folder = new TemporaryFolder();
        var configuration = Path.Combine(folder.Path, "nginx.conf");
        File.WriteAllText(
            configuration,
            NodeName().Replace(Solution.Read("deploy/nginx.conf"), "127.0.0.1").Replace("/tmp/nginx", $"{folder.Path}/nginx", StringComparison.Ordinal)
        );

        Run("nginx", "apt-get install nginx", "-t", "-e", "stderr", "-p", folder.Path, "-c", configuration);
    }

    [Test]
    public void The_script_for_a_cluster_finds_in_the_configuration_of_nginx_what_it_replaces()
    {
        var nginx = Solution.Read("deploy/nginx.conf");
        var replaced = Replacement().Matches(Solution.Read("cluster.sh")).Select(match => match.Groups[1].Value).ToArray();

        replaced.Length.ShouldBe(4);
        replaced.ShouldAllBe(text => nginx.Contains(text.Replace("$number", "1", StringComparison.Ordinal), StringComparison.Ordinal));
    }

    [Test]
    public void The_script_for_a_cluster_tells_nodes_what_the_compose_file_tells_them()
    {
        var script = Solution.Read("cluster.sh");

        Servers(Cluster).SelectMany(server => server.Variables).Distinct().ShouldAllBe(variable => script.Contains($"export {variable}", StringComparison.Ordinal));
        ScriptVariable().Matches(script).Select(match => match.Value).ShouldBeSubsetOf(ServerSettings.All);
    }

    [Test]
    public void The_image_is_not_roots_has_a_health_check_and_settings_that_the_server_knows()
    {
        var dockerfile = Solution.Read("Dockerfile");
        var last = dockerfile[dockerfile.LastIndexOf("\nFROM ", StringComparison.Ordinal)..];

        last.ShouldMatch(@"\nUSER [1-9]\d*:[1-9]\d*\n");
        last.ShouldMatch(@"\nHEALTHCHECK .*\\\n\s+CMD .*/health/ready");
        last.ShouldContain($"\nEXPOSE {ServerPort}\n");
        last.ShouldContain($"{Solution.Web.GetName().Name}.dll");
        ImageVariable().Matches(last).Select(match => match.Groups[1].Value).ShouldBeSubsetOf(ServerSettings.All);
    }

    [Test]
    public void The_image_restores_the_packages_of_every_project()
    {
        var dockerfile = Solution.Read("Dockerfile");

        new DirectoryInfo(Solution.PathOf("src"))
            .EnumerateFiles("*.csproj", SearchOption.AllDirectories)
            .Select(file => $"COPY src/{file.Directory!.Name}/{file.Name} src/{file.Directory.Name}/\n")
            .ShouldAllBe(line => dockerfile.Contains(line, StringComparison.Ordinal));
    }

    [Test]
    public void The_unit_knows_the_server_and_gives_it_time_and_few_rights()
    {
        var settings = UnitSetting().Matches(Solution.Read(Unit)).ToLookup(match => match.Groups[1].Value, match => match.Groups[2].Value);

        settings["ExecStart"].Single().ShouldEndWith($"/{Solution.Web.GetName().Name}.dll");
        settings["Environment"].Select(setting => setting.Split('=')[0]).ShouldBeSubsetOf(ServerSettings.All);
        TimeSpan.FromSeconds(int.Parse(settings["TimeoutStopSec"].Single())).ShouldBeGreaterThan(Leave);
        settings["User"].ShouldNotContain("root");
        settings["ProtectSystem"].ShouldBe(["strict"]);
        settings["NoNewPrivileges"].ShouldBe(["yes"]);
        settings["CapabilityBoundingSet"].ShouldBe([""]);
        // The runtime compiles while it runs.
        settings["MemoryDenyWriteExecute"].ShouldBeEmpty();
    }

    [Test]
    public void Systemd_accepts_the_unit()
    {
        using var folder = new TemporaryFolder();
        var unit = Path.Combine(folder.Path, "bmadserver.service");
        // It looks whether the program is there, and .NET may be elsewhere on this machine.
        File.WriteAllText(unit, Solution.Read(Unit).Replace("/usr/bin/dotnet", Environment.ProcessPath, StringComparison.Ordinal));

        Run("systemd-analyze", "apt-get install systemd", "verify", "--man=no", unit).ShouldNotContain("bmadserver.service:");
    }

    /// <summary>Otherwise the operator's commands would work on other data than the service's, or leave files that it cannot read.</summary>
    [Test]
    public void The_command_of_a_service_runs_as_its_unit_does()
    {
        var command = Solution.Read(Command).Replace("\\\n", "", StringComparison.Ordinal);
        var unit = UnitSetting().Matches(Solution.Read(Unit)).ToLookup(match => match.Groups[1].Value, match => match.Groups[2].Value);

        command.ShouldEndWith($" {unit["ExecStart"].Single()} \"$@\"\n");
        command.ShouldContain($" --uid={unit["User"].Single()} --gid={unit["Group"].Single()} ");
        command.ShouldContain($" --working-directory={unit["WorkingDirectory"].Single()} ");
        foreach (var property in new[] { "EnvironmentFile", "StateDirectory", "StateDirectoryMode", "UMask" })
        {
            command.ShouldContain($" --property={property}={unit[property].Single()} ");
        }
    }

    [Test]
    public void Prometheus_accepts_the_alerts() =>
        Run("promtool", "apt-get install prometheus", "check", "rules", Solution.PathOf("deploy/prometheus-rules.yaml")).ShouldContain("SUCCESS");

    [TestCase(OneNode)]
    [TestCase(Cluster)]
    public void Docker_accepts_a_compose_file(string path)
    {
        const string hint = "Docker with its plugin Compose 2";
        Run("docker", hint, "compose", "version");
        using var folder = new TemporaryFolder();
        var environment = Path.Combine(folder.Path, ".env");
        File.WriteAllText(environment, Solution.Read(".env.example").Replace("=\n", $"={ServerPort}\n", StringComparison.Ordinal));

        Run("docker", hint, "compose", "--env-file", environment, "--file", Solution.PathOf(path), "config", "--quiet");
    }

    [Test]
    public void Every_setting_is_documented()
    {
        var page = Solution.Read("docs/operations.md");

        ServerSettings.OfSections.Count.ShouldBeGreaterThan(5);
        ServerSettings.Single.Count.ShouldBeGreaterThan(3);
        ServerSettings.OfSections.Concat(ServerSettings.Single).ShouldAllBe(name => page.Contains($"| `{name}` |", StringComparison.Ordinal));
    }

    [TestCase("../compose.yaml")]
    [TestCase("../Dockerfile")]
    [TestCase("../deploy/compose.cluster.yaml")]
    [TestCase("../deploy/nginx.conf")]
    [TestCase("../deploy/bmadserver.service")]
    [TestCase("../deploy/bmadserver")]
    [TestCase("../deploy/prometheus-rules.yaml")]
    [TestCase("../deploy/grafana-dashboard.json")]
    public void Every_file_is_described(string path)
    {
        Solution.Read("docs/operations.md").ShouldContain($"({path})");
        File.Exists(Solution.PathOf($"docs/{path}")).ShouldBeTrue();
    }

    private static ComposeFile.Service[] Servers(string path)
    {
        var servers = new ComposeFile(path).Services.Where(service => service.IsServer).ToArray();
        servers.ShouldNotBeEmpty();
        return servers;
    }

    private static TimeSpan Seconds(string duration) => TimeSpan.FromSeconds(int.Parse(duration.TrimEnd('s')));

    /// <summary>Runs a tool that not every machine has; without it the test is skipped and says so.</summary>
    /// <returns>What it wrote.</returns>
    private static string Run(string program, string hint, params string[] arguments)
    {
        var start = new ProcessStartInfo(Find(program) ?? program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = TryStart(start);
        if (process is null)
        {
            Assert.Ignore($"There is no {program} on this machine ({hint}), so it has not looked at the file.");
        }

        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
        }

        var written = output.Result + errors.Result;
        if (process.ExitCode != 0 && arguments is ["compose", "version"])
        {
            Assert.Ignore($"There is no docker compose on this machine ({hint}), so it has not looked at the file.");
        }

        process.ExitCode.ShouldBe(0, written);
        return written;
    }

    private static Process? TryStart(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Debian keeps nginx where only root looks.</summary>
    private static string? Find(string program) => new[] { $"/usr/sbin/{program}" }.FirstOrDefault(File.Exists);

    [GeneratedRegex(@"\$\{([A-Z_]+)")]
    private static partial Regex Asked();

    [GeneratedRegex(@"^\s+server (\S+) max_fails", RegexOptions.Multiline)]
    private static partial Regex UpstreamServer();

    [GeneratedRegex(@"^\s+listen (\d+);", RegexOptions.Multiline)]
    private static partial Regex Listen();

    [GeneratedRegex(@"log_format (\w+) ([^;]+);")]
    private static partial Regex LogFormat();

    [GeneratedRegex(@"access_log \S+ (\w+);")]
    private static partial Regex AccessLog();

    [GeneratedRegex(@"\$(?:request|request_uri|args|arg_\w+|query_string|http_referer)\b")]
    private static partial Regex Query();

    [GeneratedRegex(@"\bnode\d\b")]
    private static partial Regex NodeName();

    [GeneratedRegex("""s\|([^|]+)\|""")]
    private static partial Regex Replacement();

    [GeneratedRegex(@"\b(?:ASPNETCORE|DOTNET_E)\w+|\b[A-Z][A-Za-z]+__[A-Za-z]+")]
    private static partial Regex ScriptVariable();

    [GeneratedRegex(@"^(?:ENV|   ) (\w+)=", RegexOptions.Multiline)]
    private static partial Regex ImageVariable();

    [GeneratedRegex(@"^(\w+)=(.*)$", RegexOptions.Multiline)]
    private static partial Regex UnitSetting();

    private sealed class TemporaryFolder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bmadserver-deployment-");

        public string Path => _folder.FullName;

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
