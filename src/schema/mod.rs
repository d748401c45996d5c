//! Schemas of what is published, made from the types that are published.

mod asyncapi;

use crate::bus::layout::Names;
use crate::channels::delivered::Delivery;
use crate::event::Event;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Value, json};

/// JSON Schema (2020-12) of the event, as text.
///
/// # Errors
/// It cannot be written: a defect.
pub fn item_json() -> Result<String, String> {
    let text = serde_json::to_string_pretty(&item()).map_err(|e| e.to_string())?;
    Ok(text + "\n")
}

/// AsyncAPI 3.0 description of every subject below `names`, as YAML.
///
/// # Errors
/// It cannot be written: a defect.
pub fn asyncapi_yaml(names: &Names) -> Result<String, String> {
    serde_saphyr::to_string(&asyncapi::document(names)).map_err(|e| e.to_string())
}

/// JSON Schema of the event: structured CloudEvents with an item as data, and why it came where it is read from a channel.
/// Whoever validates with it takes later additions, too: no object is closed.
pub fn item() -> Value {
    let mut generator = generator(SchemaSettings::draft2020_12());
    generator.subschema_for::<Event>();
    add_delivery(&mut generator);
    let mut schema = generator.into_root_schema_for::<Event>();
    schema.insert("$id".into(), json!("urn:copydesk:schema:item:v1"));
    schema.insert("title".into(), json!(crate::event::EVENT_TYPE));
    schema.to_value()
}

fn generator(settings: SchemaSettings) -> SchemaGenerator {
    settings
        .for_serialize()
        .with_transform(RecursiveTransform(plain))
        .into_generator()
}

/// The item of an event on a channel says why it came; it is put in as the event is sent.
fn add_delivery(generator: &mut SchemaGenerator) {
    let delivery = generator.subschema_for::<Delivery>();
    let data = generator.definitions_mut().get_mut("Item");
    if let Some(Value::Object(properties)) = data.and_then(|d| d.get_mut("properties")) {
        properties.insert("delivery".into(), delivery.to_value());
    }
}

/// Documentation without the links of Rust's.
fn plain(schema: &mut Schema) {
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.replace("[`", "`").replace("`]", "`");
    }
}
