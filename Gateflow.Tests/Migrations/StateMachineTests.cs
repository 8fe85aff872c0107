using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;

namespace Gateflow.Tests.Migrations;

/// <summary>
/// The aggregate against a reference model written from the rules alone (docs/architecture.md, A migration's life): random sequences of commands by several people at moments
/// that also jump back; after each command both agree on acceptance, state, step, weight and approvals.
/// </summary>
public sealed class StateMachineTests
{
    private const int Sequences = 10_000, Commands = 40;

    private static readonly string[] People = ["ann", "bob", "cem", Migration.Program];

    [Fact]
    public void RandomCommands_TenThousandSequences_AgreeWithTheModel()
    {
        Dictionary<string, int> accepted = [];
        for (var seed = 0; seed < Sequences; seed++)
        {
            var random = new Random(seed);
            var config = Config(random);
            var migration = new Migration { Id = "mig_1", SourceModel = "a", CreatedAt = default, CreatedBy = "ann" };
            var now = new DateTimeOffset(2027, 1, 4, 8, 0, 0, TimeSpan.Zero);
            Assert.Null(migration.Configure("b", config, ["target_model"], "ann", now));
            var model = new Model(config);
            List<string> trace = [];
            for (var i = 0; i < Commands; i++)
            {
                now = now.AddMinutes(random.Next(-90, 300)); // clocks jump
                var person = People[random.Next(People.Length)];
                var reason = random.Next(2) == 0 ? "because" : null;
                var verb = Model.Verbs[random.Next(Model.Verbs.Length)];
                var steps = Weights(random);
                trace.Add($"{now:dd HH:mm} {person} {verb} {reason}");

                var allowed = migration.Allowed();
                var events = migration.NewEvents.Count;
                var refusal = Run(migration, verb, person, reason, steps, now);
                var expected = model.Run(verb, person, reason is not null, steps, now.Hour is >= 8 and < 18);

                var story = $"seed {seed}: {string.Join("; ", trace)} → {refusal?.Message}";
                Assert.True(expected == (refusal is null), story);
                Assert.True((model.Status, model.Step, model.Weight) == (migration.Status, migration.Step, migration.Weight), story);
                Assert.True(model.Approvers.SetEquals(migration.ApprovedBy), story);
                Assert.True(refusal is null ? allowed.Contains(verb) && migration.NewEvents.Count == events + 1 : migration.NewEvents.Count == events, story);
                Assert.True(migration.Weight is >= 0 and <= 100 && (migration.IsRunning || migration.Status == MigrationStatus.Completed || migration.Weight == 0), story);
                accepted[verb] = accepted.GetValueOrDefault(verb) + (refusal is null ? 1 : 0);
            }
        }

        Assert.All(Model.Verbs, verb => Assert.True(accepted[verb] > 100, $"{verb} was accepted {accepted[verb]} times"));
    }

    private static Refusal? Run(Migration m, string verb, string person, string? reason, double[] steps, DateTimeOffset now) => verb switch
    {
        "execute" => m.Execute(person, now),
        "pause" => m.Pause(person, now, reason),
        "resume" => m.Resume(person, now, reason),
        "advance" => m.Advance(person, now, reason),
        "promote" => m.Promote(person, now, reason),
        "approve" => m.Approve(person, now, reason),
        "cancel" => m.Cancel(person, now, reason),
        "rollback" => m.RollBack(person, now, []),
        _ => m.Configure("b", m.Config with { Steps = Own(steps, m.Config.Steps.Any(s => s.Gate)) }, ["steps"], person, now),
    };

    /// <summary>Own steps, gated or not, some behind approvals, some with office hours.</summary>
    private static MigrationConfig Config(Random random) => new()
    {
        Strategy = Strategy.Steps,
        Steps = Own(Weights(random), random.Next(3) == 0),
        ApprovalsRequired = random.Next(3),
        Windows = random.Next(2) == 0 ? [] : [new TimeWindow([], new TimeOnly(8, 0), new TimeOnly(18, 0), "UTC")],
    };

    private static double[] Weights(Random random) => [.. Enumerable.Range(1, 9).Where(_ => random.Next(3) == 0).Select(i => 10.0 * i).DefaultIfEmpty(50)];

    private static StepConfig[] Own(double[] weights, bool gated) => [.. weights.Select((w, i) => new StepConfig(w, 5, gated && i == 0))];

    /// <summary>The reference: weights, the index of the gated one, who approved. No code of the product.</summary>
    private sealed class Model
    {
        public static readonly string[] Verbs = ["execute", "pause", "resume", "advance", "promote", "approve", "cancel", "rollback", "configure"];

        private readonly bool _firstIsGated;
        private readonly bool _hours;
        private readonly int _needed;
        private double[] _weights;

        public Model(MigrationConfig config)
        {
            _weights = [.. config.Steps.Select(s => s.Weight), 100];
            _firstIsGated = config.Steps.Any(s => s.Gate);
            _hours = config.Windows.Count > 0;
            _needed = config.ApprovalsRequired;
        }

        public MigrationStatus Status { get; private set; } = MigrationStatus.Draft;

        public int Step { get; private set; } = -1;

        public double Weight { get; private set; }

        public HashSet<string> Approvers { get; private set; } = [];

        private bool Before => Status is MigrationStatus.Draft or MigrationStatus.Scheduled;

        private bool Moving => Status is MigrationStatus.InProgress or MigrationStatus.Paused;

        public bool Run(string verb, string person, bool reason, double[] steps, bool officeHours)
        {
            var closed = _hours && !officeHours;
            var past = _weights.Length - 1;
            switch (verb)
            {
                case "execute" when Status == MigrationStatus.Draft && closed:
                    return To(MigrationStatus.Scheduled);
                case "execute" when Before:
                    return Enter(0);
                case "pause" when Status == MigrationStatus.InProgress:
                    return To(MigrationStatus.Paused);
                case "resume" when Status == MigrationStatus.Paused:
                    return To(MigrationStatus.InProgress);
                case "advance" when Status == MigrationStatus.Soaking:
                    return To(MigrationStatus.Completed);
                case "advance" when Moving && Step == past:
                    return To(MigrationStatus.Soaking);
                case "advance" when Moving:
                    return Free(person, reason, closed, Step) && Enter(Step + 1);
                case "promote" when Moving:
                    return (Step == past || Enumerable.Range(Step, past - Step).All(i => Free(person, reason, closed, i))) && Enter(past);
                case "approve" when Moving && Gate(Step) > 0:
                    return Approvers.Add(person);
                case "cancel" when Before:
                    return To(MigrationStatus.Cancelled);
                case "rollback" when Moving || Status is MigrationStatus.Soaking or MigrationStatus.Completed:
                    Weight = 0;
                    return To(MigrationStatus.RolledBack);
                case "configure" when Before:
                    _weights = [.. steps, 100];
                    return true;
                case "configure" when Status == MigrationStatus.Paused && steps[0] <= Weight:
                    _weights = [.. steps, 100];
                    Step = Array.FindLastIndex(_weights, w => w <= Weight);
                    Approvers = [];
                    return true;
                default:
                    return false;
            }
        }

        private int Gate(int step) => step == _weights.Length - 1 ? 0
            : _firstIsGated ? (step == 0 ? Math.Max(1, _needed) : 0)
            : step == _weights.Length - 2 ? _needed : 0;

        private bool Free(string person, bool reason, bool closed, int step)
        {
            var program = person == Migration.Program;
            var agreed = Approvers.Count + (program || Approvers.Contains(person) ? 0 : 1);
            return agreed >= Gate(step) && (program || reason || !closed);
        }

        private bool Enter(int step)
        {
            (Step, Weight, Approvers) = (step, _weights[step], []);
            return To(MigrationStatus.InProgress);
        }

        private bool To(MigrationStatus status)
        {
            Status = status;
            return true;
        }
    }
}
