//! Containerfile, compose file, Kubernetes manifests: against schemas and by linters. No engine runs them here.

use crate::{checkout, tool};
use copydesk::config::Config;
use serde_json::Value;
use std::process::Command;

#[test]
fn the_compose_file_is_valid_and_everything_it_names_is_there() {
    let text = std::fs::read_to_string(checkout("deploy/compose/compose.yaml")).unwrap();
    let Some(mut compose) = yaml(&text) else {
        return;
    };
    // Younger than the schema.
    let name = compose.as_object_mut().unwrap().remove("name");
    assert_eq!(name.unwrap(), "copydesk");
    let schema = std::fs::read_to_string(checkout("tests/schemas/compose-spec.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = schema
        .iter_errors(&compose)
        .map(|e| e.to_string())
        .collect();
    assert!(faults.is_empty(), "{faults:?}");
    assert!(!schema.is_valid(&serde_json::json!({"services": {"web": {"imag": "copydesk"}}})));

    let services = compose["services"].as_object().unwrap();
    for role in ["watch", "enrich", "fanout", "web"] {
        assert_eq!(services[role]["command"], serde_json::json!(["run", role]));
    }
    let nodes = services.keys().filter(|name| name.starts_with("nats-"));
    assert_eq!(nodes.count(), 3);
    let folder = checkout("deploy/compose");
    for (name, config) in compose["configs"].as_object().unwrap() {
        assert!(
            folder.join(config["file"].as_str().unwrap()).is_file(),
            "{name}"
        );
    }
    for (name, service) in services {
        for used in service["configs"].as_array().into_iter().flatten() {
            let source = used["source"].as_str().unwrap();
            assert!(compose["configs"].get(source).is_some(), "{name}: {source}");
        }
        for volume in service["volumes"].as_array().into_iter().flatten() {
            let source = volume.as_str().unwrap().split(':').next().unwrap();
            let declared = compose["volumes"].get(source).is_some();
            assert!(source.starts_with("./") || declared, "{name}: {source}");
        }
    }
}

/// YAML with its anchors and merge keys, as compose reads it.
fn yaml(text: &str) -> Option<Value> {
    let program = "import sys, json, yaml; json.dump(yaml.safe_load(sys.argv[1]), sys.stdout)";
    let ran = tool(Command::new("python3").args(["-c", program, text]))?;
    if ran.err.contains("ModuleNotFoundError") {
        println!("skipped: python3 has no yaml");
        return None;
    }
    assert_eq!(ran.code, 0, "{}", ran.err);
    Some(serde_json::from_str(&ran.out).unwrap())
}

#[test]
fn configurations_in_deploy_are_what_copydesk_takes() {
    for (file, replicas) in [
        ("deploy/compose/copydesk.toml", 3),
        ("deploy/kubernetes/copydesk.toml", 3),
        ("deploy/debian/copydesk.toml", 1),
    ] {
        let config = Config::load(Some(&checkout(file))).unwrap();
        assert_eq!(config.settings.streams.replicas, replicas, "{file}");
        assert_eq!(config.settings.sources.len(), 1, "{file}");
    }
}

#[test]
fn the_containerfile_passes_a_linter_and_copies_only_what_its_context_has() {
    let file = checkout("deploy/container/Containerfile");
    let linter = checkout(".tools/lint/node_modules/.bin/dockerfile-utils");
    if let Some(ran) = tool(Command::new(linter).arg("lint").arg(&file)) {
        assert_eq!((ran.code, ran.out.trim()), (0, ""), "{}", ran.err);
    }
    let ignore = std::fs::read_to_string(checkout(".dockerignore")).unwrap();
    let text = std::fs::read_to_string(file).unwrap();
    let copied = text.lines().filter_map(|l| l.strip_prefix("COPY "));
    for words in copied.filter(|words| !words.starts_with("--from")) {
        let sources: Vec<&str> = words.split(' ').collect();
        for source in &sources[..sources.len() - 1] {
            assert!(checkout(source).exists(), "{source}");
            assert!(
                ignore.contains(&format!("!{source}\n")),
                "{source} is ignored"
            );
        }
    }
    assert!(text.contains("\nUSER 10001:10001\n"), "runs as root");
}

#[test]
fn kubernetes_would_take_the_manifests() {
    let folder = checkout("deploy/kubernetes");
    let Some(built) = tool(Command::new("kubectl").arg("kustomize").arg(folder)) else {
        return;
    };
    assert_eq!(built.code, 0, "{}", built.err);
    for kind in [
        "StatefulSet",
        "Deployment",
        "PersistentVolumeClaim",
        "ConfigMap",
        "Service",
    ] {
        assert!(built.out.contains(&format!("kind: {kind}\n")), "{kind}");
    }
    for probe in ["/livez", "/readyz"] {
        assert!(built.out.contains(&format!("path: {probe}\n")), "{probe}");
    }
    // Whatever names the password, no manifest holds one.
    assert!(!built.out.contains("kind: Secret\n"));
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("built.yaml");
    std::fs::write(&file, &built.out).unwrap();
    let words = ["-m", "kubernetes_validate", "--strict"];
    let Some(checked) = tool(Command::new("python3").args(words).arg(&file)) else {
        return;
    };
    if checked.err.contains("No module named") {
        println!("skipped: kubernetes-validate cannot be had here");
        return;
    }
    let (out, err) = (checked.out, checked.err);
    assert_eq!(checked.code, 0, "{out}{err}");
}
